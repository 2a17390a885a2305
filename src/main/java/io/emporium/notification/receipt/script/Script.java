package io.emporium.notification.receipt.script;

import java.util.List;
import java.util.Locale;
import org.apache.fontbox.ttf.CmapLookup;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.jspecify.annotations.Nullable;

/** The scripts whose letters are not drawn one beside the other, and the font that says how. */
public enum Script {
    /** Hindi, Marathi, Nepali, … */
    DEVANAGARI("/receipt/NotoSansDevanagari.ttf", "dev2"),
    THAI("/receipt/NotoSansThai.ttf", "thai");

    private final String font;
    /** What OpenType calls it. */
    private final String tag;

    Script(String font, String tag) {
        this.font = font;
        this.tag = tag;
    }

    /** The resource that the font is. */
    public String font() {
        return font;
    }

    /** @param read this script's font */
    public OpenType layout(TrueTypeFont read) {
        return new OpenType(read, tag);
    }

    /**
     * The glyphs of a text in this script, each where it belongs, from left to right.
     *
     * @param glyphs of its font
     */
    public List<Piece> shape(int[] letters, CmapLookup glyphs, OpenType layout) {
        return switch (this) {
            case DEVANAGARI -> new Devanagari(glyphs, layout).shape(letters);
            case THAI -> Thai.shape(letters, glyphs, layout);
        };
    }

    /** @return null for a letter that needs no such care */
    public static @Nullable Script of(int codePoint) {
        if (codePoint >= 0x900 && codePoint <= 0x97F) {
            return DEVANAGARI;
        }
        return codePoint >= 0xE01 && codePoint <= 0xE5B ? THAI : null;
    }

    /** Whether this is a letter of the script, or a sign that says how two of them are drawn together. */
    public boolean has(int codePoint) {
        return of(codePoint) == this || this == DEVANAGARI && isJoiner(codePoint);
    }

    /** Nothing to be seen: it joins what stands beside it, or keeps it apart. */
    public static boolean isJoiner(int codePoint) {
        return codePoint == 0x200C || codePoint == 0x200D;
    }

    /** For words that are not divided by spaces: the JDK knows those of Thai. */
    public static Locale localeOf(String text) {
        return text.codePoints().anyMatch(c -> of(c) == THAI) ? Locale.of("th") : Locale.ROOT;
    }
}
