package io.emporium.catalog.image;

import java.util.Locale;

/** What a picture may be. */
enum PictureType {
    JPEG,
    PNG,
    WEBP;

    /** Of HTTP and of ImageIO. */
    String mediaType() {
        return "image/" + name().toLowerCase(Locale.ROOT);
    }

    static PictureType of(String mediaType) {
        return valueOf(mediaType.substring("image/".length()).toUpperCase(Locale.ROOT));
    }
}
