package io.emporium.notification.receipt;

import static io.emporium.notification.receipt.PdfFile.points;
import static io.emporium.notification.receipt.PdfFile.text;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The pages of a tagged PDF, drawn on from the top. Lengths are hundredths of a point, sizes of letters points.
 */
final class Pages {
    static final int WIDTH = 595_28;
    static final int HEIGHT = 841_89;
    static final String BLACK = "0.137 0.129 0.114";
    static final String GREY = "0.384 0.365 0.329";
    static final String GREEN = "0.122 0.302 0.247";
    static final String LINE = "0.8 0.78 0.74";

    private final Fonts fonts = new Fonts();
    private final Tag document = new Tag("Document", "");
    private final List<StringBuilder> contents = new ArrayList<>();
    private final List<List<Tag>> marks = new ArrayList<>();

    Fonts fonts() {
        return fonts;
    }

    Tag document() {
        return document;
    }

    int count() {
        return contents.size();
    }

    void add() {
        contents.add(new StringBuilder());
        marks.add(new ArrayList<>());
    }

    /**
     * One line of text on the last page.
     *
     * @param tag what it is part of; null for what is only decoration
     */
    void line(@Nullable Tag tag, String text, boolean bold, int size, String color, int left, int top) {
        line(tag, text, bold, size, color, left, top, count() - 1);
    }

    /** As {@link #line}, ending at the right. */
    void lineEndingAt(@Nullable Tag tag, String text, boolean bold, int size, String color, int right, int top) {
        int width = Text.width(Text.shape(fonts, text, bold), size);
        line(tag, text, bold, size, color, right - width, top);
    }

    void line(@Nullable Tag tag, String text, boolean bold, int size, String color, int left, int top, int page) {
        if (text.isEmpty()) {
            return;
        }
        StringBuilder content = contents.get(page);
        if (tag == null) {
            content.append("/Artifact BMC\n");
        } else {
            List<Tag> onPage = marks.get(page);
            tag.parts.add(new Tag.Mark(page, onPage.size()));
            content.append('/')
                    .append(tag.role)
                    .append(" <</MCID ")
                    .append(onPage.size())
                    .append(">> BDC\n");
            onPage.add(tag);
        }
        content.append("BT ").append(color).append(" rg ");
        content.append(points(left))
                .append(' ')
                .append(points(HEIGHT - top - size * 78))
                .append(" Td\n");
        for (Text.Run run : Text.shape(fonts, text, bold)) {
            if (run.actual() != null) {
                content.append("/Span <</ActualText ")
                        .append(text(run.actual()))
                        .append(">> BDC\n");
            }
            show(content, run, size);
            if (run.actual() != null) {
                content.append("EMC\n");
            }
        }
        content.append("ET\nEMC\n");
    }

    private void show(StringBuilder content, Text.Run run, int size) {
        Face now = null;
        int up = 0;
        for (Text.Glyph glyph : run.glyphs()) {
            if (glyph.face() != now || glyph.up() != up) {
                content.append(now == null ? "" : ">] TJ\n");
                if (glyph.face() != now) {
                    now = glyph.face();
                    content.append('/')
                            .append(fonts.nameOf(now))
                            .append(' ')
                            .append(size)
                            .append(" Tf ");
                }
                if (glyph.up() != up) {
                    up = glyph.up();
                    content.append(points(up * size / 10)).append(" Ts ");
                }
                content.append("[<");
            }
            // What TJ has between two texts moves the next one to the left.
            skip(content, -glyph.right());
            content.append(String.format(Locale.ROOT, "%04X", glyph.face().code(glyph)));
            skip(content, glyph.own() + glyph.right() - glyph.width());
        }
        content.append(now == null ? "" : ">] TJ\n");
        content.append(up == 0 ? "" : "0 Ts\n");
    }

    private static void skip(StringBuilder content, int left) {
        if (left != 0) {
            content.append("> ").append(left).append(" <");
        }
    }

    /** A thin rule, for the eye only. */
    void rule(String color, int thickness, int left, int right, int top) {
        contents.getLast()
                .append("/Artifact BMC\n")
                .append(color)
                .append(" RG ")
                .append(points(thickness))
                .append(" w ")
                .append(points(left) + " " + points(HEIGHT - top) + " m ")
                .append(points(right) + " " + points(HEIGHT - top) + " l S\nEMC\n");
    }

    /** @param made when; the same pages make the same file */
    byte[] write(String title, Instant made) {
        var file = new PdfFile();
        int catalog = file.reserve();
        int tree = file.reserve();
        int structure = file.reserve();
        List<Integer> pages = new ArrayList<>();
        contents.forEach(page -> pages.add(file.reserve()));
        var resources = new StringBuilder("<</Font <<");
        for (Face face : fonts.used()) {
            int number = file.reserve();
            face.write(file, number);
            resources
                    .append('/')
                    .append(fonts.nameOf(face))
                    .append(' ')
                    .append(number)
                    .append(" 0 R ");
        }
        int shared = file.add(resources.append(">>>>").toString());
        var kids = new StringBuilder();
        for (int i = 0; i < pages.size(); i++) {
            int content = file.addStream("", contents.get(i).toString().getBytes(StandardCharsets.US_ASCII));
            file.put(
                    pages.get(i),
                    "<</Type /Page /Parent " + tree + " 0 R /MediaBox [0 0 " + points(WIDTH) + " " + points(HEIGHT)
                            + "] /Resources " + shared + " 0 R /Contents " + content + " 0 R /StructParents " + i
                            + " /Tabs /S>>");
            kids.append(pages.get(i)).append(" 0 R ");
        }
        file.put(tree, "<</Type /Pages /Kids [" + kids + "] /Count " + pages.size() + ">>");
        structure(file, structure, pages);
        int metadata = file.addPlainStream("/Type /Metadata /Subtype /XML", metadata(title, made));
        file.put(
                catalog,
                "<</Type /Catalog /Pages " + tree + " 0 R /Lang (en) /MarkInfo <</Marked true>> /StructTreeRoot "
                        + structure + " 0 R /ViewerPreferences <</DisplayDocTitle true>> /Metadata " + metadata
                        + " 0 R>>");
        int info = file.add("<</Title " + text(title) + " /Producer (Emporium) /CreationDate (D:"
                + DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'")
                        .withZone(ZoneOffset.UTC)
                        .format(made) + ")>>");
        return file.finish(catalog, info);
    }

    private void structure(PdfFile file, int root, List<Integer> pages) {
        List<int[]> numbers = new ArrayList<>();
        marks.forEach(onPage -> numbers.add(new int[onPage.size()]));
        int whole = element(file, document, root, pages, numbers);
        var parents = new StringBuilder("<</Nums [");
        for (int page = 0; page < numbers.size(); page++) {
            parents.append(page).append(" [");
            for (int number : numbers.get(page)) {
                parents.append(number).append(" 0 R ");
            }
            parents.append("] ");
        }
        int parentTree = file.add(parents.append("]>>").toString());
        file.put(
                root,
                "<</Type /StructTreeRoot /K [" + whole + " 0 R] /ParentTree " + parentTree + " 0 R /ParentTreeNextKey "
                        + pages.size() + ">>");
    }

    private static int element(PdfFile file, Tag tag, int parent, List<Integer> pages, List<int[]> numbers) {
        int number = file.reserve();
        var parts = new StringBuilder();
        for (Object part : tag.parts) {
            if (part instanceof Tag inner) {
                parts.append(element(file, inner, number, pages, numbers)).append(" 0 R ");
            } else if (part instanceof Tag.Mark mark) {
                numbers.get(mark.page())[mark.id()] = number;
                parts.append("<</Type /MCR /Pg " + pages.get(mark.page()) + " 0 R /MCID " + mark.id() + ">> ");
            }
        }
        file.put(
                number,
                "<</Type /StructElem /S /" + tag.role + " /P " + parent + " 0 R " + tag.attributes + " /K [" + parts
                        + "]>>");
        return number;
    }

    private static byte[] metadata(String title, Instant made) {
        return """
                <?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
                <x:xmpmeta xmlns:x="adobe:ns:meta/">
                <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
                <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
                 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
                <dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>
                <pdf:Producer>Emporium</pdf:Producer>
                <xmp:CreateDate>%s</xmp:CreateDate>
                <pdfuaid:part>1</pdfuaid:part>
                </rdf:Description>
                </rdf:RDF>
                </x:xmpmeta>
                <?xpacket end="r"?>""".formatted(title.replace("&", "&amp;").replace("<", "&lt;"), made.truncatedTo(ChronoUnit.SECONDS))
                .getBytes(StandardCharsets.UTF_8);
    }
}
