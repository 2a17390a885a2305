package io.emporium.notification.receipt;

import io.emporium.notification.receipt.script.Arabic;
import io.emporium.notification.receipt.script.Script;
import java.text.Bidi;
import java.text.BreakIterator;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Texts in whichever script, as the glyphs that are drawn from left to right (Unicode's bidirectional algorithm). */
final class Text {
    private static final String MIRRORS = "()[]{}<>«»‹›≤≥";

    private Text() {}

    /**
     * Lengths are thousandths of the size.
     *
     * @param number the font's own
     * @param meaning the text that it stands for: another one than the letter where that is a joined form
     * @param own as wide as the font has it
     * @param width how far it is from where it begins to where the next one does
     * @param right how far from where it begins it is drawn: a mark goes back to its letter
     */
    record Glyph(Face face, int number, String meaning, int own, int width, int right, int up) {}

    /**
     * Glyphs that are read one way.
     *
     * @param actual what they say, in the order in which it is read; null where the glyphs themselves do
     */
    record Run(List<Glyph> glyphs, @Nullable String actual) {
        int width() {
            return glyphs.stream().mapToInt(Glyph::width).sum();
        }
    }

    /**
     * What a customer typed as one line of letters: nothing that controls, and nothing that turns the reading direction of
     * what stands beside it.
     */
    static String clean(String text, int most) {
        var line = new StringBuilder();
        Normalizer.normalize(text, Normalizer.Form.NFC)
                .codePoints()
                .map(c -> Character.isWhitespace(c) || Character.isISOControl(c) ? ' ' : c)
                .filter(c -> Character.getType(c) != Character.FORMAT && Character.getType(c) != Character.SURROGATE
                        || Script.isJoiner(c))
                .limit(most)
                .forEach(line::appendCodePoint);
        return line.toString().replaceAll(" {2,}", " ").strip();
    }

    /** One line, which is clean. */
    static List<Run> shape(Fonts fonts, String line, boolean bold) {
        List<Arabic.Form> forms = Arabic.join(line);
        var drawn = new StringBuilder();
        forms.forEach(form -> drawn.appendCodePoint(form.drawn()));
        var bidi = new Bidi(drawn.toString(), Bidi.DIRECTION_DEFAULT_LEFT_TO_RIGHT);
        int runs = bidi.getRunCount();
        byte[] levels = new byte[runs];
        Run[] shaped = new Run[runs];
        int form = 0;
        for (int i = 0; i < runs; i++) {
            levels[i] = (byte) bidi.getRunLevel(i);
            List<Arabic.Form> ofRun = new ArrayList<>();
            for (int at = bidi.getRunStart(i); at < bidi.getRunLimit(i); form++) {
                ofRun.add(forms.get(form));
                at += Character.charCount(forms.get(form).drawn());
            }
            shaped[i] = run(fonts, ofRun, levels[i] % 2 == 1, bold);
        }
        Bidi.reorderVisually(levels, 0, shaped, 0, runs);
        return List.of(shaped);
    }

    private static Run run(Fonts fonts, List<Arabic.Form> forms, boolean rightToLeft, boolean bold) {
        List<List<Glyph>> clusters = new ArrayList<>();
        var actual = new StringBuilder();
        boolean needsWords = false;
        for (int i = 0; i < forms.size(); i++) {
            Arabic.Form form = forms.get(i);
            Script script = Script.of(form.drawn());
            if (script != null) {
                int to = i;
                while (to < forms.size() && script.has(forms.get(to).drawn())) {
                    to++;
                }
                int[] letters = forms.subList(i, to).stream()
                        .mapToInt(Arabic.Form::drawn)
                        .toArray();
                actual.append(new String(letters, 0, letters.length));
                needsWords = true;
                clusters.add(fonts.face(script).shape(script, letters));
                i = to - 1;
                continue;
            }
            actual.append(form.meaning());
            if (isInvisible(form.drawn())) {
                needsWords = true;
                continue;
            }
            int drawn = rightToLeft ? mirrored(form.drawn()) : form.drawn();
            if (fonts.isMissing(drawn)) {
                drawn = '?';
                needsWords = true;
            }
            Glyph glyph = fonts.face(drawn, bold).glyph(drawn, form.meaning());
            if (Arabic.isMark(form.drawn()) && !clusters.isEmpty()) {
                clusters.getLast().add(glyph);
            } else {
                clusters.add(new ArrayList<>(List.of(glyph)));
            }
        }
        if (rightToLeft) {
            Collections.reverse(clusters);
        }
        return new Run(
                clusters.stream().flatMap(List::stream).toList(), rightToLeft || needsWords ? actual.toString() : null);
    }

    /** It says how its neighbours look, if a font has that: joiners, variation selectors. */
    private static boolean isInvisible(int codePoint) {
        return Script.isJoiner(codePoint)
                || codePoint >= 0xFE00 && codePoint <= 0xFE0F
                || codePoint >= 0xE0100 && codePoint <= 0xE01EF;
    }

    private static int mirrored(int codePoint) {
        int at = MIRRORS.indexOf(codePoint);
        return at < 0 ? codePoint : MIRRORS.charAt(at ^ 1);
    }

    /** @return in hundredths of a point, of a size in points */
    static int width(List<Run> line, int size) {
        return line.stream().mapToInt(Run::width).sum() * size / 10;
    }

    /**
     * Breaks a text into lines that fit, between words where that can be, in a word where it cannot.
     *
     * @param size in points
     * @param width in hundredths of a point
     */
    static List<String> wrap(Fonts fonts, String text, boolean bold, int size, int width) {
        List<String> lines = new ArrayList<>();
        var breaks = BreakIterator.getLineInstance(Script.localeOf(text));
        breaks.setText(text);
        var line = new StringBuilder();
        int taken = 0;
        for (int from = breaks.first(), to = breaks.next(); to != BreakIterator.DONE; from = to, to = breaks.next()) {
            String word = text.substring(from, to);
            int wide = measure(fonts, word.stripTrailing(), bold, size);
            if (taken + wide > width && !line.isEmpty()) {
                lines.add(line.toString().strip());
                line.setLength(0);
                taken = 0;
            }
            if (wide <= width) {
                line.append(word);
                taken += measure(fonts, word, bold, size);
                continue;
            }
            // Where it must be broken, no letter is parted from its marks.
            var letters = BreakIterator.getCharacterInstance(Locale.ROOT);
            letters.setText(word);
            for (int at = letters.first(), next = letters.next();
                    next != BreakIterator.DONE;
                    at = next, next = letters.next()) {
                String letter = word.substring(at, next);
                int one = measure(fonts, letter, bold, size);
                if (taken + one > width) {
                    lines.add(line.toString());
                    line.setLength(0);
                    taken = 0;
                }
                line.append(letter);
                taken += one;
            }
        }
        if (!line.isEmpty()) {
            lines.add(line.toString().strip());
        }
        return lines.isEmpty() ? List.of("") : lines;
    }

    private static int measure(Fonts fonts, String text, boolean bold, int size) {
        if (text.codePoints().anyMatch(c -> Script.of(c) != null)) {
            return width(shape(fonts, text, bold), size);
        }
        return text.codePoints()
                .filter(c -> !isInvisible(c))
                .map(c -> fonts.isMissing(c) ? '?' : c)
                .map(c -> fonts.face(c, bold).width(c) * size / 10)
                .sum();
    }
}
