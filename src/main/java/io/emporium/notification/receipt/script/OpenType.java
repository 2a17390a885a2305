package io.emporium.notification.receipt.script;

import java.util.List;
import java.util.function.Predicate;
import org.apache.fontbox.ttf.TrueTypeFont;

/**
 * What a font says of how its glyphs become others beside each other (GSUB) and where they go (GPOS), as the OpenType
 * specification has it: all that the fonts of these scripts use, and no more. Fontbox reads a part of GSUB and none of GPOS.
 */
public final class OpenType {
    private final FontTable substitutions;
    private final FontTable positions;
    private final GlyphClasses classes;

    /** @param script what OpenType calls it */
    OpenType(TrueTypeFont font, String script) {
        this.substitutions = new FontTable(font, "GSUB", script);
        this.positions = new FontTable(font, "GPOS", script);
        this.classes = new GlyphClasses(font);
    }

    /** Replaces glyphs as these features say, in the order in which the font has them; those that take part. */
    void substitute(List<Piece> pieces, List<String> features, Predicate<Piece> takesPart) {
        var row = new Row(pieces, takesPart, classes);
        for (int lookup : substitutions.lookups(features)) {
            new Substitution(substitutions, lookup, row, 0).apply();
        }
    }

    /** Moves glyphs to where they belong. */
    void position(List<Piece> pieces, List<String> features) {
        var row = new Row(pieces, piece -> true, classes);
        for (int lookup : positions.lookups(features)) {
            new Positioning(positions, lookup, row, 0).apply();
        }
    }
}
