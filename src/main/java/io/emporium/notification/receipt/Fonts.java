package io.emporium.notification.receipt;

import io.emporium.notification.receipt.script.Script;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Which font has which letter, for one file. The large ones are read only when a text needs them. What none of them has is
 * shown as a question mark that stands for the letter when it is copied or read aloud.
 */
final class Fonts {
    /** Latin, Greek, Cyrillic and Hebrew. */
    private static final String REGULAR = "/liberation/LiberationSans-Regular.ttf";

    private static final String BOLD = "/liberation/LiberationSans-Bold.ttf";
    private static final String ARABIC = "/receipt/NotoNaskhArabic.ttf";
    private static final String HAN = "/receipt/DroidSansFallback-Han.ttf";
    private static final String HANGUL = "/receipt/Hangul.ttf";

    private final Map<String, Face> faces = new LinkedHashMap<>();

    /** Of which font a letter is drawn; the font's name in the file is its number. */
    Face face(int codePoint, boolean bold) {
        Face first = load(bold ? BOLD : REGULAR);
        if (first.has(codePoint)) {
            return first;
        }
        String other = elsewhere(codePoint);
        if (other != null && load(other).has(codePoint)) {
            return load(other);
        }
        return first;
    }

    Face face(Script script) {
        return load(script.font());
    }

    boolean isMissing(int codePoint) {
        return !face(codePoint, false).has(codePoint);
    }

    private static @Nullable String elsewhere(int codePoint) {
        if (codePoint >= 0x600 && codePoint <= 0x77F || codePoint >= 0xFB50 && codePoint <= 0xFEFF) {
            return ARABIC;
        }
        Script script = Script.of(codePoint);
        if (script != null) {
            return script.font();
        }
        if (codePoint >= 0x3131 && codePoint <= 0x318E || codePoint >= 0xAC00 && codePoint <= 0xD7A3) {
            return HANGUL;
        }
        return codePoint >= 0x2E80 ? HAN : null;
    }

    String nameOf(Face face) {
        return "F" + new ArrayList<>(faces.values()).indexOf(face);
    }

    List<Face> used() {
        return faces.values().stream().filter(Face::isUsed).toList();
    }

    private Face load(String resource) {
        return faces.computeIfAbsent(resource, path -> {
            try (InputStream font = Objects.requireNonNull(Fonts.class.getResourceAsStream(path), path)) {
                String name = path.substring(path.lastIndexOf('/') + 1, path.lastIndexOf('.'));
                return new Face(name, new TTFParser(true).parse(new RandomAccessReadBuffer(font)));
            } catch (IOException broken) {
                throw new UncheckedIOException(path, broken);
            }
        });
    }
}
