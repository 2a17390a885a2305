package io.emporium.notification.receipt.script;

import org.apache.fontbox.ttf.TrueTypeFont;

/** Which of a font's glyphs are marks, and of which kind (GDEF). */
final class GlyphClasses {
    private static final int MARK = 3;

    private final FontTable table;

    GlyphClasses(TrueTypeFont font) {
        this.table = new FontTable(font, "GDEF", "");
    }

    boolean isMark(int glyph) {
        return !table.isEmpty() && table.classOf(table.at(4), glyph) == MARK;
    }

    int kindOfMark(int glyph) {
        return table.classOf(table.at(10), glyph);
    }

    boolean isInMarkSet(int set, int glyph) {
        int sets = table.at(12);
        return table.covered(sets + table.longAt(sets + 4 + 4 * set), glyph) >= 0;
    }
}
