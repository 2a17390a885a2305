package io.emporium.notification.receipt.script;

import org.jspecify.annotations.Nullable;

/** A glyph on its way to its place. Lengths are units of the font. */
public final class Piece {
    int glyph;
    int cluster;
    /** For whoever orders them: what kind of letter it was, and where it belongs. */
    int kind;

    int place;
    /** Which features it takes part in. */
    int features;
    /** Whether it is no longer the letter that it was. */
    boolean isReplaced;

    int right;
    int up;
    int wider;

    @Nullable
    Piece onto;

    Piece(int glyph, int cluster) {
        this.glyph = glyph;
        this.cluster = cluster;
    }

    /** The font's own number. */
    public int glyph() {
        return glyph;
    }

    /** The place in the text of the first letter of what it is part of. */
    public int cluster() {
        return cluster;
    }

    /** One before it in the row, from where that was drawn it is placed; null: from where the row has come to. */
    public @Nullable Piece onto() {
        return onto;
    }

    public int right() {
        return right;
    }

    public int up() {
        return up;
    }

    /** By how much the next one is further away than this one is wide. */
    public int wider() {
        return wider;
    }
}
