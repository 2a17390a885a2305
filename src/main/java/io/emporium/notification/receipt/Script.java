package io.emporium.notification.receipt;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The scripts whose letters are not drawn one beside the other, and the font that says how. */
enum Script {
    /** Hindi, Marathi, Nepali, … */
    DEVANAGARI("/receipt/NotoSansDevanagari.ttf", "dev2"),
    THAI("/receipt/NotoSansThai.ttf", "thai");

    final String font;
    /** What OpenType calls it. */
    final String tag;

    Script(String font, String tag) {
        this.font = font;
        this.tag = tag;
    }

    /** @return null for a letter that needs no such care */
    static @Nullable Script of(int codePoint) {
        if (codePoint >= 0x900 && codePoint <= 0x97F) {
            return DEVANAGARI;
        }
        return codePoint >= 0xE01 && codePoint <= 0xE5B ? THAI : null;
    }

    /** Whether this is a letter of the script, or a sign that says how two of them are drawn together. */
    boolean has(int codePoint) {
        return of(codePoint) == this || this == DEVANAGARI && isJoiner(codePoint);
    }

    /** Nothing to be seen: it joins what stands beside it, or keeps it apart. */
    static boolean isJoiner(int codePoint) {
        return codePoint == 0x200C || codePoint == 0x200D;
    }

    /** For words that are not divided by spaces: the JDK knows those of Thai. */
    static Locale localeOf(String text) {
        return text.codePoints().anyMatch(c -> of(c) == THAI) ? Locale.of("th") : Locale.ROOT;
    }
}
