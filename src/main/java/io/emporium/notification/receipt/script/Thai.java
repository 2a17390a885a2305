package io.emporium.notification.receipt.script;

import java.util.ArrayList;
import java.util.List;
import org.apache.fontbox.ttf.CmapLookup;

/** Writes Thai: vowel signs and tones stand above or below their consonant, in the order in which the font stacks them. */
final class Thai {
    private static final int SARA_AA = 0xE32;
    private static final int SARA_AM = 0xE33;
    private static final int NIKHAHIT = 0xE4D;

    private Thai() {}

    /** The glyphs of a text in this script, placed. */
    static List<Piece> shape(int[] letters, CmapLookup glyphs, OpenType font) {
        List<Piece> pieces = new ArrayList<>();
        int cluster = 0;
        for (int i = 0; i < letters.length; i++) {
            int letter = letters[i];
            if (!isAboveOrBelow(letter) && letter != SARA_AM) {
                cluster = i;
            }
            if (letter == SARA_AM) {
                // A ring and a letter; the ring stands below the tone.
                int at = pieces.size();
                for (int before = i - 1; before >= 0 && isAbove(letters[before]); before--) {
                    at--;
                }
                pieces.add(at, new Piece(glyphs.getGlyphId(NIKHAHIT), cluster));
                letter = SARA_AA;
            }
            pieces.add(new Piece(glyphs.getGlyphId(letter), cluster));
        }
        font.substitute(pieces, List.of("ccmp"), piece -> true);
        font.position(pieces, List.of("mark", "mkmk"));
        return pieces;
    }

    private static boolean isAbove(int letter) {
        return letter == 0xE31 || letter >= 0xE34 && letter <= 0xE37 || letter >= 0xE47 && letter <= 0xE4E;
    }

    private static boolean isAboveOrBelow(int letter) {
        return isAbove(letter) || letter >= 0xE38 && letter <= 0xE3A;
    }
}
