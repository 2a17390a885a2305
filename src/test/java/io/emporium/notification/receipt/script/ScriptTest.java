package io.emporium.notification.receipt.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.fontbox.ttf.CmapLookup;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.junit.jupiter.api.Test;

/**
 * Devanagari and Thai are drawn as HarfBuzz, which browsers use, draws them with the same fonts: the same glyphs in the same
 * places. The file beside this test says how, a word a line; {@code hb-shape --no-glyph-names --output-format=json} wrote it
 * (joiners, which nobody sees, left out).
 */
public class ScriptTest {
    @Test
    void words_are_drawn_as_harfbuzz_draws_them() throws IOException {
        Map<String, Script> scripts = Map.of("deva", Script.DEVANAGARI, "thai", Script.THAI);
        Map<Script, TrueTypeFont> fonts = Map.of(
                Script.DEVANAGARI, font(Script.DEVANAGARI),
                Script.THAI, font(Script.THAI));
        List<String> wrong = new ArrayList<>();
        int words = 0;
        for (String line : words()) {
            String[] fields = line.split("\\|");
            Script script = Objects.requireNonNull(scripts.get(fields[0]));
            String drawn = drawn(script, fonts.get(script), fields[1]);
            words++;
            if (!drawn.equals(fields[2])) {
                wrong.add(fields[1] + " is " + drawn + ", and should be " + fields[2]);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(words).isGreaterThan(600);
    }

    @Test
    void signs_with_nothing_to_stand_on_and_endless_words_are_drawn_too() throws IOException {
        for (String odd :
                List.of("ि", "्", "ंंं", "र्", "्\u200D", "\u200Dक", "ाि", "क्".repeat(150), "ि".repeat(300))) {
            assertThat(drawn(Script.DEVANAGARI, font(Script.DEVANAGARI), odd)).isNotEmpty();
        }
        for (String odd : List.of("ำ", "่", "่ำ", "ก" + "้".repeat(299))) {
            assertThat(drawn(Script.THAI, font(Script.THAI), odd)).isNotEmpty();
        }
    }

    private static String drawn(Script script, TrueTypeFont font, String word) throws IOException {
        int[] letters = word.codePoints().toArray();
        CmapLookup glyphs = font.getUnicodeCmapLookup();
        List<Piece> pieces = script.shape(letters, glyphs, script.layout(font));
        var drawn = new StringBuilder();
        int pen = 0;
        Map<Piece, int[]> places = new HashMap<>();
        for (Piece piece : pieces) {
            int[] from = piece.onto == null ? new int[] {pen, 0} : Objects.requireNonNull(places.get(piece.onto));
            int[] place = {from[0] + piece.right, from[1] + piece.up};
            places.put(piece, place);
            drawn.append(piece.glyph + "@" + place[0] + "," + place[1] + " ");
            pen += font.getAdvanceWidth(piece.glyph) + piece.wider;
        }
        return drawn + "=" + pen;
    }

    private static TrueTypeFont font(Script script) throws IOException {
        try (InputStream font = Objects.requireNonNull(Script.class.getResourceAsStream(script.font()))) {
            return new TTFParser(true).parse(new RandomAccessReadBuffer(font));
        }
    }

    /** Each as {@code script|word|glyph@right,up … =width}. */
    public static List<String> words() throws IOException {
        try (InputStream text =
                Objects.requireNonNull(ScriptTest.class.getResourceAsStream("/receipt/as-harfbuzz-has-it.txt"))) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }
}
