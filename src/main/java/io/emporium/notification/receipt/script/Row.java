package io.emporium.notification.receipt.script;

import java.util.List;
import java.util.function.Predicate;

/** The glyphs that a lookup goes over, of which not all need to take part. */
record Row(List<Piece> pieces, Predicate<Piece> taking, GlyphClasses classes) {
    int size() {
        return pieces.size();
    }

    Piece at(int place) {
        return pieces.get(place);
    }

    int glyph(int place) {
        return pieces.get(place).glyph;
    }

    boolean isMark(int place) {
        return classes.isMark(glyph(place));
    }

    boolean takesPart(int place) {
        return taking.test(pieces.get(place));
    }
}
