package io.emporium.notification.twilio;

import io.emporium.notification.delivery.PlainLine;

/**
 * An SMS as it travels: in GSM 03.38's 7-bit alphabet where every character is in it, else in UCS-2; in one piece, or cut into
 * segments, of which each is paid for.
 *
 * @param body one line of plain text
 * @param segments into how many it is cut, at least 1
 */
public record SmsText(String body, int segments) {
    private static final String ALPHABET = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
            + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    /** These take two places each, an escape and their own. */
    private static final String EXTENSION = "\f^{}\\[~]|€";

    private static final int GSM_ALONE = 160;
    private static final int GSM_OF_SEVERAL = 153;
    private static final int UCS2_ALONE = 70;
    private static final int UCS2_OF_SEVERAL = 67;
    private static final String CUT = "...";

    /**
     * The text as one SMS of so many segments at most; what does not fit is cut off, which three dots say.
     *
     * @param text control characters and line breaks in it become spaces
     * @param most at least 1
     */
    public static SmsText of(String text, int most) {
        String line = PlainLine.of(text);
        int whole = segments(line);
        if (whole <= most) {
            return new SmsText(line, whole);
        }
        int end = line.length();
        String cut;
        do {
            // A character of two halves goes as a whole.
            end = line.offsetByCodePoints(end, -1);
            cut = line.substring(0, end).stripTrailing() + CUT;
        } while (end > 0 && segments(cut) > most);
        return new SmsText(cut, segments(cut));
    }

    /** Into how many segments a text is cut; 1 for none. */
    static int segments(String text) {
        boolean isGsm = text.codePoints().allMatch(character -> gsmPlaces(character) > 0);
        int alone = isGsm ? GSM_ALONE : UCS2_ALONE;
        int each = isGsm ? GSM_OF_SEVERAL : UCS2_OF_SEVERAL;
        int places =
                text.codePoints().map(character -> places(character, isGsm)).sum();
        if (places <= alone) {
            return 1;
        }
        int segments = 1;
        int used = 0;
        for (int character : text.codePoints().toArray()) {
            int needed = places(character, isGsm);
            // Neither an escape nor half a character is left behind at the end of a segment.
            if (used + needed > each) {
                segments++;
                used = 0;
            }
            used += needed;
        }
        return segments;
    }

    private static int places(int character, boolean isGsm) {
        return isGsm ? gsmPlaces(character) : Character.charCount(character);
    }

    /** 0 for what the alphabet does not have. */
    private static int gsmPlaces(int character) {
        return ALPHABET.indexOf(character) >= 0 ? 1 : EXTENSION.indexOf(character) >= 0 ? 2 : 0;
    }
}
