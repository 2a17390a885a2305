package io.emporium.catalog.image;

import java.util.Locale;

/** The sizes of a picture; none is larger than the original. */
enum Variant {
    LARGE(1200),
    MEDIUM(600),
    THUMBNAIL(200);

    /** Of the longer side, in pixels, at most. */
    final int longest;

    Variant(int longest) {
        this.longest = longest;
    }

    String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
