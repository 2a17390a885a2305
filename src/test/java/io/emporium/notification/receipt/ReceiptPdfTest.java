package io.emporium.notification.receipt;

import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.Java;
import io.emporium.notification.receipt.script.Arabic;
import io.emporium.notification.receipt.script.ScriptTest;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSBase;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.util.Matrix;
import org.apache.pdfbox.util.Vector;
import org.junit.jupiter.api.Test;

/** The receipt as a file: what a person reads in it, what a screen reader finds, and what making it needs. */
class ReceiptPdfTest {

    @Test
    void every_script_can_be_read_and_copied() throws IOException {
        byte[] file = ReceiptPdf.of(Samples.ofEveryScript());
        Files.createDirectories(Path.of("target/letters"));
        Files.write(Path.of("target/letters/receipt.pdf"), file);
        String text = text(file);
        assertThat(text)
                .contains(
                        "ORD-2026-0001",
                        "USD 2,649.98",
                        "USD 2,549.98",
                        "pay_0b9e2f6c",
                        "ref_1c9e2f6c",
                        Samples.GREEK,
                        Samples.CYRILLIC,
                        Samples.CHINESE,
                        Samples.JAPANESE,
                        Samples.ARABIC,
                        Samples.HEBREW,
                        Samples.KOREAN,
                        Samples.THAI,
                        Samples.HINDI,
                        Samples.ACCENTS,
                        "محمد عبد الله",
                        "नेपाली श्रीमती ज्योति द्विवेदी");
    }

    /** Where a line must be broken in a word, each of its parts still has its marks. */
    @Test
    void words_that_are_not_divided_by_spaces_are_broken_between_letters() throws IOException {
        var fonts = new Fonts();
        String thai = "น้ำผึ้งที่ตั้งโต๊ะ".repeat(8);
        String hindi = "कि".repeat(90);
        for (String endless : List.of(thai, hindi, "가".repeat(90))) {
            // Wherever the end of the line may fall.
            for (int width = 150_00; width < 165_00; width += 1_00) {
                int most = width;
                List<String> lines = Text.wrap(fonts, endless, false, 10, most);
                assertThat(lines).hasSizeGreaterThan(1);
                assertThat(String.join("", lines)).isEqualTo(endless);
                assertThat(lines).allSatisfy(line -> {
                    assertThat(Text.width(Text.shape(fonts, line, false), 10)).isLessThanOrEqualTo(most);
                    assertThat(Character.getType(line.codePointAt(0)))
                            .isNotEqualTo((int) Character.NON_SPACING_MARK)
                            .isNotEqualTo((int) Character.COMBINING_SPACING_MARK);
                });
            }
        }
    }

    @Test
    void no_letter_of_these_scripts_is_a_box_or_a_question_mark() {
        var fonts = new Fonts();
        for (String text : List.of(
                Samples.GREEK,
                Samples.CYRILLIC,
                Samples.CHINESE,
                Samples.JAPANESE,
                Samples.ARABIC,
                Samples.HEBREW,
                Samples.KOREAN,
                Samples.THAI,
                Samples.HINDI,
                Samples.ACCENTS,
                "أبتثجحخدذرزسشصضطظعغفقكلمنهوي پچژگ ؟،",
                "Привет, ЁЇЄҐ",
                "ΆΈΉΊΌΎΏ άέήίόύώ",
                "鬱龜龍雲")) {
            Arabic.join(text)
                    .forEach(form -> assertThat(fonts.isMissing(form.drawn()))
                            .as(form + " of " + text)
                            .isFalse());
        }
    }

    @Test
    void what_no_font_has_is_a_question_mark_that_is_copied_as_what_it_was() throws IOException {
        assertThat(text(Samples.of(List.of("Lamp தமிழ் 🙂 ❤️"), List.of("Jane"))))
                .contains("Lamp தமிழ் 🙂 ❤️");
    }

    @Test
    void arabic_letters_take_the_form_that_their_neighbours_ask_for() {
        // beh: initial, medial, final; and alone.
        assertThat(drawn("ببب ب")).isEqualTo("\uFE91\uFE92\uFE90 \uFE8F");
        // alef joins only what is before it; lam and alef are one.
        assertThat(drawn("باب سلام")).isEqualTo("\uFE91\uFE8E\uFE8F \uFEB3\uFEFC\uFEE1");
        // A vowel sign parts nothing.
        assertThat(drawn("بَب")).isEqualTo("\uFE91\u064E\uFE90");
        assertThat(drawn("Lamp")).isEqualTo("Lamp");
        // What keeps letters apart keeps its own place, and what joins them joins them.
        assertThat(drawn("ب\u200Cب")).isEqualTo("\uFE8F\u200C\uFE8F");
        assertThat(drawn("ب\u200D")).isEqualTo("\uFE91\u200D");
        // Persian yeh and peh.
        assertThat(drawn("پی")).isEqualTo("\uFB58\uFBFD");
    }

    private static String drawn(String text) {
        var drawn = new StringBuilder();
        Arabic.join(text).forEach(form -> drawn.appendCodePoint(form.drawn()));
        return drawn.toString();
    }

    @Test
    void what_turns_the_reading_direction_or_the_line_is_taken_out() {
        assertThat(Text.clean("Jane\u202E eoD\u2066\r\nBcc: x\u0000\u200F\uD800", 300))
                .isEqualTo("Jane eoD Bcc: x");
        assertThat(Text.clean("x".repeat(4_000), 300)).hasSize(300);
    }

    @Test
    void marks_upon_marks_do_not_climb_over_the_page() {
        List<Text.Run> line = Text.shape(new Fonts(), "ก" + "้".repeat(299), false);
        assertThat(line.getFirst().glyphs())
                .hasSize(300)
                .allSatisfy(glyph -> assertThat(glyph.up()).isBetween(-1_000, 1_000))
                .anySatisfy(glyph -> assertThat(glyph.up()).isPositive());
    }

    /** What {@link ScriptTest} holds of a font's own units, in the file itself. */
    @Test
    void marks_are_drawn_where_harfbuzz_has_them() throws IOException {
        int size = 10;
        var pages = new Pages();
        List<String> expected = new ArrayList<>();
        for (String line : ScriptTest.words()) {
            String[] fields = line.split("\\|");
            pages.add();
            pages.line(null, fields[1], false, size, Pages.BLACK, 0, Pages.HEIGHT - size * 78);
            expected.add(fields[2].replaceAll("\\d+@|=.*", ""));
        }
        List<StringBuilder> drawn = new ArrayList<>();
        try (PDDocument document = Loader.loadPDF(pages.write("Words", Instant.EPOCH))) {
            new PDFTextStripper() {
                @Override
                protected void startPage(PDPage page) {
                    drawn.add(new StringBuilder());
                }

                @Override
                protected void showGlyph(Matrix at, PDFont font, int code, Vector displacement) {
                    drawn.getLast()
                            .append(Math.round(at.getTranslateX() * 1_000 / size))
                            .append(',')
                            .append(Math.round(at.getTranslateY() * 1_000 / size))
                            .append(' ');
                }
            }.getText(document);
        }
        assertThat(drawn).extracting(StringBuilder::toString).isEqualTo(expected);
    }

    @Test
    void what_is_only_measured_is_not_embedded() {
        var fonts = new Fonts();
        for (String text : List.of(Samples.THAI, Samples.HINDI, Samples.ARABIC, "Lamp")) {
            assertThat(Text.width(Text.shape(fonts, text, false), 10)).isPositive();
            Text.wrap(fonts, text.repeat(20), false, 10, 150_00);
        }
        assertThat(fonts.used()).isEmpty();
    }

    @Test
    void hostile_texts_stay_texts() throws IOException {
        String hostile = ") Tj ET >> endobj /JS (app.alert(1)) \\ <script> %PDF";
        byte[] file = ReceiptPdf.of(Samples.of(List.of(hostile), List.of(hostile, "W".repeat(4_000))));
        String flat = text(file).replaceAll("\\s+", " ");
        assertThat(flat).contains("endobj /JS (app.alert(1))");
        try (PDDocument document = Loader.loadPDF(file)) {
            assertThat(document.getDocumentCatalog().getOpenAction()).isNull();
            assertThat(document.getDocumentCatalog().getCOSObject().getDictionaryObject(COSName.getPDFName("Names")))
                    .isNull();
        }
    }

    @Test
    void a_hundred_lines_break_over_pages_with_the_header_again_and_numbers() throws IOException {
        byte[] file = ReceiptPdf.of(Samples.ofLines(100));
        try (PDDocument document = Loader.loadPDF(file)) {
            int pages = document.getNumberOfPages();
            assertThat(pages).isGreaterThan(3);
            Set<String> things = new LinkedHashSet<>();
            for (int page = 1; page <= pages; page++) {
                var stripper = new PDFTextStripper();
                stripper.setStartPage(page);
                stripper.setEndPage(page);
                String text = stripper.getText(document);
                assertThat(text).contains("Page " + page + " of " + pages, "Receipt ORD-2026-0001");
                if (text.contains("Thing number")) {
                    assertThat(text).contains("Item", "Quantity", "Amount");
                }
                Pattern.compile("Thing number \\d+")
                        .matcher(text)
                        .results()
                        .forEach(found -> things.add(found.group()));
            }
            assertThat(things).hasSize(100);
        }
    }

    @Test
    void a_screen_reader_finds_its_title_language_headings_and_table_headers() throws IOException {
        try (PDDocument document = Loader.loadPDF(ReceiptPdf.of(Samples.ofLines(40)))) {
            var catalog = document.getDocumentCatalog();
            assertThat(catalog.getLanguage()).isEqualTo("en");
            assertThat(catalog.getMarkInfo().isMarked()).isTrue();
            assertThat(catalog.getViewerPreferences().displayDocTitle()).isTrue();
            assertThat(document.getDocumentInformation().getTitle()).isEqualTo("Receipt for order ORD-2026-0001");
            assertThat(new String(catalog.getMetadata().toByteArray(), java.nio.charset.StandardCharsets.UTF_8))
                    .contains("<pdfuaid:part>1</pdfuaid:part>", "Receipt for order ORD-2026-0001");
            List<String> roles = new ArrayList<>();
            List<String> scopes = new ArrayList<>();
            collect(catalog.getStructureTreeRoot().getCOSObject(), roles, scopes);
            assertThat(roles).startsWith("Document").contains("H1", "H2", "P", "Table", "TR", "TH", "TD");
            assertThat(roles.stream().filter("TR"::equals)).hasSize(1 + 40 + 4 + 1 + 2);
            assertThat(scopes.stream().filter("Column"::equals)).hasSize(4 + 5);
            assertThat(scopes.stream().filter("Row"::equals)).hasSize(4);
        }
    }

    private static void collect(COSBase node, List<String> roles, List<String> scopes) {
        if (node instanceof COSArray parts) {
            for (int i = 0; i < parts.size(); i++) {
                collect(parts.getObject(i), roles, scopes);
            }
        } else if (node instanceof COSDictionary element) {
            if (element.getNameAsString(COSName.S) != null) {
                roles.add(element.getNameAsString(COSName.S));
            }
            if (element.getDictionaryObject(COSName.A) instanceof COSDictionary attributes) {
                scopes.add(attributes.getNameAsString("Scope"));
            }
            collect(element.getDictionaryObject(COSName.K), roles, scopes);
        }
    }

    @Test
    void the_same_receipt_is_the_same_file() {
        assertThat(ReceiptPdf.of(Samples.ofLines(3))).isEqualTo(ReceiptPdf.of(Samples.ofLines(3)));
    }

    /** A native image has no AWT, and neither has a small Java: no class of it may be loaded. */
    @Test
    void making_one_loads_nothing_of_awt() throws Exception {
        Set<String> classPath = new LinkedHashSet<>();
        for (Class<?> needed : List.of(
                ReceiptPdf.class,
                Samples.class,
                TTFParser.class,
                RandomAccessReadBuffer.class,
                org.apache.commons.logging.LogFactory.class,
                org.jboss.logging.Logger.class)) {
            classPath.add(Path.of(needed.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString());
        }
        String font = Objects.requireNonNull(ReceiptPdf.class.getResource("/liberation/LiberationSans-Regular.ttf"))
                .getPath();
        classPath.add(Path.of(URI.create(font.substring(0, font.indexOf('!')))).toString());
        Process java = new ProcessBuilder(
                        Java.program(),
                        "-Xlog:class+load=info",
                        "-cp",
                        String.join(File.pathSeparator, classPath),
                        Samples.class.getName())
                .redirectErrorStream(true)
                .start();
        List<String> said = java.inputReader().lines().toList();
        assertThat(java.waitFor()).as(() -> String.join("\n", said)).isZero();
        assertThat(said).anyMatch(line -> line.startsWith("made "));
        assertThat(said).anyMatch(line -> line.contains("org.apache.fontbox.ttf.TTFSubsetter"));
        assertThat(said)
                .noneMatch(line -> line.contains(" java.awt.")
                        || line.contains(" sun.awt.")
                        || line.contains(" sun.java2d.")
                        || line.contains(" javax.imageio."));
    }

    private static String text(Receipt receipt) throws IOException {
        return text(ReceiptPdf.of(receipt));
    }

    private static String text(byte[] file) throws IOException {
        try (PDDocument document = Loader.loadPDF(file)) {
            return new PDFTextStripper().getText(document);
        }
    }
}
