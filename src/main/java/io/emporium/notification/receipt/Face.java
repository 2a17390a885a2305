package io.emporium.notification.receipt;

import io.emporium.notification.receipt.Text.Glyph;
import io.emporium.notification.receipt.script.OpenType;
import io.emporium.notification.receipt.script.Piece;
import io.emporium.notification.receipt.script.Script;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.apache.fontbox.ttf.CmapLookup;
import org.apache.fontbox.ttf.TTFSubsetter;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.jspecify.annotations.Nullable;

/**
 * A font in one file: which glyphs of it are used, as what. Only those are embedded, under codes of our own, each with the text
 * it stands for, so that what is copied out of the file is what was written.
 */
final class Face {
    private static final List<String> TABLES =
            List.of("head", "hhea", "loca", "maxp", "cvt ", "prep", "glyf", "hmtx", "fpgm", "gasp");
    private static final int EM = 1_000;
    private static final int MOST_IN_A_BLOCK = 100;
    /** A space without a width: a glyph must mean something. */
    private static final String NOTHING = "\u200B";

    private final String name;
    private final TrueTypeFont font;
    private final CmapLookup glyphs;
    private final int unitsPerEm;
    private final Map<Used, Integer> codes = new LinkedHashMap<>();
    private final List<Used> used = new ArrayList<>();
    /** Read when its first text comes. */
    private @Nullable OpenType layout;

    private record Used(int glyph, String meaning) {}

    /** Where a glyph is drawn, from the beginning of its text and in units of the font. */
    private record Place(int right, int up) {}

    /** @param name as it is called in the file */
    Face(String name, TrueTypeFont font) {
        this.name = name;
        this.font = font;
        try {
            this.glyphs = font.getUnicodeCmapLookup();
            this.unitsPerEm = font.getUnitsPerEm();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    boolean has(int codePoint) {
        return glyphs.getGlyphId(codePoint) != 0;
    }

    /** In thousandths of its size. */
    int width(int codePoint) {
        return widthOf(glyphs.getGlyphId(codePoint));
    }

    private int widthOf(int glyph) {
        return scaled(advance(glyph));
    }

    private int advance(int glyph) {
        try {
            return font.getAdvanceWidth(glyph);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** A letter that is drawn beside the one before it. */
    Glyph glyph(int codePoint, String meaning) {
        int width = width(codePoint);
        return new Glyph(this, glyphs.getGlyphId(codePoint), meaning, width, width, 0, 0);
    }

    /** Under which code the file has a glyph, which from now on is embedded. */
    int code(Glyph glyph) {
        return codes.computeIfAbsent(new Used(glyph.number(), glyph.meaning()), fresh -> {
            used.add(fresh);
            return used.size();
        });
    }

    /** The glyphs of a text in one script, each where it belongs; read one after the other their meanings are the text. */
    List<Glyph> shape(Script script, int[] letters) {
        if (layout == null) {
            layout = script.layout(font);
        }
        List<Piece> pieces = script.shape(letters, glyphs, layout);
        List<Glyph> shaped = new ArrayList<>();
        Map<Piece, Place> places = new HashMap<>();
        int pen = 0;
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            Piece letter = piece.onto();
            Place from = letter == null ? new Place(pen, 0) : Objects.requireNonNull(places.get(letter));
            var place = new Place(from.right() + piece.right(), from.up() + piece.up());
            places.put(piece, place);
            int own = widthOf(piece.glyph());
            shaped.add(new Glyph(
                    this,
                    piece.glyph(),
                    meaning(pieces, i, letters),
                    own,
                    own + scaled(piece.wider()),
                    scaled(place.right() - pen),
                    // As many marks as somebody types on one letter: they stay with their line.
                    Math.clamp(scaled(place.up()), -EM, EM)));
            pen += advance(piece.glyph()) + piece.wider();
        }
        return shaped;
    }

    /** A letter for each glyph of a syllable; what is left of them for its last one. */
    private static String meaning(List<Piece> pieces, int at, int[] letters) {
        int cluster = pieces.get(at).cluster();
        int first = at;
        while (first > 0 && pieces.get(first - 1).cluster() == cluster) {
            first--;
        }
        int next = at + 1;
        while (next < pieces.size() && pieces.get(next).cluster() == cluster) {
            next++;
        }
        int end = next < pieces.size() ? pieces.get(next).cluster() : letters.length;
        int from = cluster + at - first;
        int to = at + 1 == next ? end : Math.min(from + 1, end);
        return from >= end ? NOTHING : new String(letters, from, to - from);
    }

    boolean isUsed() {
        return !used.isEmpty();
    }

    /** Embeds it as a composite font. */
    void write(PdfFile file, int number) {
        try {
            var all = new TreeSet<Integer>();
            used.forEach(one -> all.add(one.glyph()));
            var subsetter = new TTFSubsetter(font, TABLES);
            subsetter.addGlyphIds(all);
            Map<Integer, Integer> newNumbers = new HashMap<>();
            subsetter.getGIDMap().forEach((fresh, old) -> newNumbers.put(old, fresh));
            var subset = new ByteArrayOutputStream();
            subsetter.writeToStream(subset);
            byte[] program = subset.toByteArray();
            int embedded = file.addStream("/Length1 " + program.length, program);
            int map = file.addStream("", codesToGlyphs(newNumbers));
            int toUnicode = file.addStream("", meanings().getBytes(StandardCharsets.US_ASCII));
            String called = "/EMPORM+" + name;
            var header = font.getHeader();
            var metrics = font.getHorizontalHeader();
            int descriptor = file.add("<</Type /FontDescriptor /FontName " + called + " /Flags 4 /FontBBox ["
                    + scaled(header.getXMin()) + " " + scaled(header.getYMin()) + " " + scaled(header.getXMax()) + " "
                    + scaled(header.getYMax()) + "] /ItalicAngle 0 /Ascent " + scaled(metrics.getAscender())
                    + " /Descent " + scaled(metrics.getDescender()) + " /CapHeight 700 /StemV 80 /FontFile2 " + embedded
                    + " 0 R>>");
            var widths = new StringBuilder("[0");
            used.forEach(one -> widths.append(' ').append(widthOf(one.glyph())));
            int descendant = file.add("<</Type /Font /Subtype /CIDFontType2 /BaseFont " + called
                    + " /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /FontDescriptor "
                    + descriptor + " 0 R /DW 0 /W [0 " + widths + "]] /CIDToGIDMap " + map + " 0 R>>");
            file.put(
                    number,
                    "<</Type /Font /Subtype /Type0 /BaseFont " + called + " /Encoding /Identity-H /DescendantFonts ["
                            + descendant + " 0 R] /ToUnicode " + toUnicode + " 0 R>>");
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private int scaled(int units) {
        return units * EM / unitsPerEm;
    }

    private byte[] codesToGlyphs(Map<Integer, Integer> newNumbers) {
        byte[] map = new byte[2 * (used.size() + 1)];
        for (int i = 0; i < used.size(); i++) {
            int glyph = newNumbers.getOrDefault(used.get(i).glyph(), 0);
            map[2 * (i + 1)] = (byte) (glyph >> 8);
            map[2 * (i + 1) + 1] = (byte) glyph;
        }
        return map;
    }

    private String meanings() {
        var cmap = new StringBuilder("""
                /CIDInit /ProcSet findresource begin
                12 dict begin
                begincmap
                /CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def
                /CMapName /Adobe-Identity-UCS def
                /CMapType 2 def
                1 begincodespacerange
                <0000> <FFFF>
                endcodespacerange
                """);
        for (int from = 0; from < used.size(); from += MOST_IN_A_BLOCK) {
            int to = Math.min(used.size(), from + MOST_IN_A_BLOCK);
            cmap.append(to - from).append(" beginbfchar\n");
            for (int i = from; i < to; i++) {
                cmap.append(String.format(
                        Locale.ROOT, "<%04X> <%s>%n", i + 1, hex(used.get(i).meaning())));
            }
            cmap.append("endbfchar\n");
        }
        return cmap + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n";
    }

    private static String hex(String text) {
        return HexFormat.of().withUpperCase().formatHex(text.getBytes(StandardCharsets.UTF_16BE));
    }
}
