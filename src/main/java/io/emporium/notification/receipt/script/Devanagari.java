package io.emporium.notification.receipt.script;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.fontbox.ttf.CmapLookup;

/**
 * Writes Devanagari: consonants without a vowel between them become one sign, the vowel i stands before what it is spoken
 * after, and an r that is spoken first stands above what follows. As OpenType's "Creating and supporting OpenType fonts for the
 * Devanagari script" has it: syllable by syllable, first ordered, then drawn together, then ordered again.
 */
final class Devanagari {
    private static final char RA = 'र';
    private static final char VIRAMA = '्';
    private static final char NUKTA = '़';
    private static final char ZWNJ = '\u200C';
    private static final char ZWJ = '\u200D';
    private static final int DOTTED_CIRCLE = 0x25CC;

    // Kinds of letters.
    private static final int OTHER = 0;
    private static final int CONSONANT = 1;
    private static final int VOWEL = 2;
    private static final int SIGN = 3;
    private static final int HALANT = 4;
    private static final int DOT = 5;
    private static final int JOINER = 6;
    private static final int MODIFIER = 7;

    // Places in a syllable, from left to right.
    private static final int REPH = 1;
    private static final int LEFT_SIGN = 2;
    private static final int BEFORE_BASE = 3;
    private static final int BASE = 4;
    private static final int BELOW = 5;
    private static final int RIGHT_SIGN = 6;
    private static final int LAST = 7;

    // Which features a letter takes part in.
    private static final int IS_REPH = 1;
    private static final int IS_HALF = 2;
    private static final int IS_BELOW = 4;
    private static final List<String> AT_THE_END = List.of("pres", "abvs", "blws", "psts", "haln");
    private static final List<String> PLACES = List.of("abvm", "blwm", "dist", "kern", "mark", "mkmk");

    private final CmapLookup glyphs;
    private final OpenType font;

    Devanagari(CmapLookup glyphs, OpenType font) {
        this.glyphs = glyphs;
        this.font = font;
    }

    /** The glyphs of a text in this script, placed; each knows in which syllable it is. */
    List<Piece> shape(int[] letters) {
        List<Piece> all = new ArrayList<>();
        for (int from = 0; from < letters.length; ) {
            int to = endOfSyllable(letters, from);
            all.addAll(syllable(letters, from, to));
            from = to;
        }
        font.position(all, PLACES);
        return all;
    }

    private static int kind(int letter) {
        return switch (letter) {
            case VIRAMA -> HALANT;
            case NUKTA -> DOT;
            case ZWJ, ZWNJ -> JOINER;
            default -> {
                if (letter >= 0x915 && letter <= 0x939
                        || letter >= 0x958 && letter <= 0x95F
                        || letter >= 0x978 && letter <= 0x97F && letter != 0x97D) {
                    yield CONSONANT;
                }
                if (letter >= 0x904 && letter <= 0x914
                        || letter == 0x960
                        || letter == 0x961
                        || letter >= 0x972 && letter <= 0x977) {
                    yield VOWEL;
                }
                if (letter >= 0x93A && letter <= 0x94F && letter != 0x93D
                        || letter >= 0x955 && letter <= 0x957
                        || letter == 0x962
                        || letter == 0x963) {
                    yield SIGN;
                }
                yield letter >= 0x900 && letter <= 0x903 || letter >= 0x951 && letter <= 0x954 ? MODIFIER : OTHER;
            }
        };
    }

    private static int endOfSyllable(int[] letters, int from) {
        int at = from;
        if (kind(letters[at]) == OTHER && letters[at] != DOTTED_CIRCLE) {
            return at + 1;
        }
        boolean wantsConsonant = false;
        boolean hasSign = false;
        for (; at < letters.length; at++) {
            switch (kind(letters[at])) {
                case CONSONANT -> {
                    if (at > from && !wantsConsonant) {
                        return at;
                    }
                    wantsConsonant = false;
                }
                case HALANT -> wantsConsonant = !hasSign;
                case SIGN, MODIFIER -> {
                    hasSign = true;
                    wantsConsonant = false;
                }
                // What it keeps apart begins anew.
                case JOINER -> wantsConsonant = wantsConsonant && letters[at] != ZWNJ;
                case DOT -> {}
                default -> {
                    // A vowel or a stranger: it begins one of its own.
                    if (at > from
                            && !(wantsConsonant && kind(letters[at]) == VOWEL && isRephBefore(letters, from, at))) {
                        return at;
                    }
                    wantsConsonant = false;
                }
            }
        }
        return at;
    }

    private static boolean isRephBefore(int[] letters, int from, int at) {
        return at - from == 2 && letters[from] == RA && letters[from + 1] == VIRAMA;
    }

    private List<Piece> syllable(int[] letters, int from, int to) {
        List<Piece> pieces = new ArrayList<>();
        int first = kind(letters[from]);
        if (first != CONSONANT && first != VOWEL && first != OTHER && first != JOINER) {
            // A sign with nothing to stand on.
            pieces.add(piece(DOTTED_CIRCLE, from, OTHER));
        }
        for (int i = from; i < to; i++) {
            pieces.add(piece(letters[i], from, kind(letters[i])));
        }
        order(pieces, letters[from] == RA);
        for (String feature : List.of("nukt", "akhn")) {
            font.substitute(pieces, List.of(feature), piece -> true);
        }
        font.substitute(pieces, List.of("rphf"), piece -> (piece.features & IS_REPH) != 0);
        font.substitute(pieces, List.of("rkrf"), piece -> true);
        font.substitute(pieces, List.of("blwf"), piece -> (piece.features & IS_BELOW) != 0);
        font.substitute(pieces, List.of("half"), piece -> (piece.features & IS_HALF) != 0);
        for (String feature : List.of("vatu", "cjct")) {
            font.substitute(pieces, List.of(feature), piece -> true);
        }
        orderAgain(pieces);
        font.substitute(pieces, AT_THE_END, piece -> true);
        pieces.removeIf(piece -> piece.kind == JOINER && !piece.isReplaced);
        return pieces;
    }

    private Piece piece(int letter, int cluster, int kind) {
        var piece = new Piece(glyph(letter), cluster);
        piece.kind = kind;
        return piece;
    }

    private int glyph(int letter) {
        return glyphs.getGlyphId(letter);
    }

    /** Which letter is the base, and where in the syllable the others go. */
    private void order(List<Piece> pieces, boolean beginsWithRa) {
        int ra = glyph(RA);
        int limit = 0;
        boolean hasReph =
                beginsWithRa && pieces.size() >= 3 && pieces.get(1).kind == HALANT && pieces.get(2).kind != JOINER;
        if (hasReph) {
            limit = 2;
        }
        int base = baseOf(pieces, limit, ra);
        if (base < 0) {
            base = 0;
            hasReph = false;
        }
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            piece.place = switch (piece.kind) {
                case CONSONANT, VOWEL, OTHER -> i < base ? BEFORE_BASE : i == base ? BASE : BELOW;
                case SIGN -> isLeft(piece.glyph) ? LEFT_SIGN : RIGHT_SIGN;
                case MODIFIER -> LAST;
                default -> 0;
            };
        }
        if (hasReph) {
            pieces.getFirst().place = REPH;
        }
        // What belongs to a letter goes with it.
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            if (piece.place == 0) {
                piece.place = i == 0
                        ? BASE
                        : pieces.get(i - 1).place == LEFT_SIGN ? placeBeforeSign(pieces, i) : pieces.get(i - 1).place;
            }
        }
        // A virama before what stands below the base goes down with that.
        for (int i = base + 1; i < pieces.size(); i++) {
            if (pieces.get(i).kind == CONSONANT && pieces.get(i).place == BELOW) {
                for (int j = i - 1; j > base && pieces.get(j).kind != CONSONANT; j--) {
                    pieces.get(j).place = BELOW;
                }
            }
        }
        Piece itself = base < pieces.size() ? pieces.get(base) : null;
        pieces.sort(Comparator.comparingInt(piece -> piece.place));
        int now = itself == null ? base : pieces.indexOf(itself);
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            if (piece.place == REPH) {
                piece.features |= IS_REPH;
            } else if (i < now) {
                piece.features |= IS_HALF | IS_BELOW;
            } else if (i > now) {
                piece.features |= IS_BELOW;
            }
            if (piece.kind == JOINER && piece.glyph == glyph(ZWNJ)) {
                // No half form of what stands before it.
                for (int j = i; j > 0; ) {
                    j--;
                    pieces.get(j).features &= ~IS_HALF;
                    if (pieces.get(j).kind == CONSONANT) {
                        break;
                    }
                }
            }
        }
    }

    private static int placeBeforeSign(List<Piece> pieces, int at) {
        for (int i = at - 1; i >= 0; i--) {
            if (pieces.get(i).place > LEFT_SIGN) {
                return pieces.get(i).place;
            }
        }
        return BASE;
    }

    private boolean isLeft(int glyph) {
        return glyph == glyph(0x93F) || glyph == glyph(0x94E);
    }

    /** The last consonant that is not an r below another. */
    private static int baseOf(List<Piece> pieces, int limit, int ra) {
        int base = -1;
        for (int i = pieces.size() - 1; i >= limit; i--) {
            Piece piece = pieces.get(i);
            if (piece.kind == CONSONANT || piece.kind == VOWEL || piece.kind == OTHER) {
                base = i;
                boolean isBelow = piece.glyph == ra && i > limit && pieces.get(i - 1).kind == HALANT;
                if (!isBelow) {
                    break;
                }
            } else if (piece.kind == JOINER && i > limit && pieces.get(i - 1).kind == HALANT) {
                // A half form that nothing follows was asked for.
                return base < 0 ? pieces.size() : base;
            }
        }
        return base;
    }

    /** The vowel i goes to before the last sign that was drawn together with the base, the r above behind its vowel. */
    private void orderAgain(List<Piece> pieces) {
        int halant = glyph(VIRAMA);
        int base = 0;
        while (base < pieces.size() && pieces.get(base).place < BASE) {
            base++;
        }
        int sign = 0;
        while (sign < pieces.size() && pieces.get(sign).place != LEFT_SIGN) {
            sign++;
        }
        if (sign < base) {
            int to = base == pieces.size() ? base - 2 : base - 1;
            while (to > sign && pieces.get(to).glyph != halant) {
                to--;
            }
            if (to > sign) {
                if (to + 1 < pieces.size() && pieces.get(to + 1).kind == JOINER) {
                    to++;
                }
                pieces.add(to, pieces.remove(sign));
            }
        }
        if (!pieces.isEmpty() && pieces.getFirst().place == REPH && pieces.getFirst().isReplaced) {
            int to = 0;
            for (int i = 1; i < base && to == 0; i++) {
                if (pieces.get(i).glyph == halant && pieces.get(i).place != REPH) {
                    to = i + 1 < base && pieces.get(i + 1).kind == JOINER ? i + 1 : i;
                }
            }
            if (to == 0) {
                to = pieces.size() - 1;
                while (to > 0 && pieces.get(to).place == LAST) {
                    to--;
                }
            }
            pieces.add(to, pieces.removeFirst());
        }
    }
}
