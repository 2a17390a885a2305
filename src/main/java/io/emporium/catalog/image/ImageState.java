package io.emporium.catalog.image;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The life of a picture; package-info draws it. */
enum ImageState {
    /** The original is on its way to the store. */
    UPLOADING,
    /** A worker has to make its sizes. */
    PROCESSING,
    /** The product shows it. */
    READY,
    /** It cannot be shown; the row says why. */
    REFUSED,
    /** Nobody sees it any more; its objects are to be removed, and then its row. */
    DELETED;

    Set<ImageState> next() {
        return switch (this) {
            case UPLOADING -> EnumSet.of(PROCESSING, DELETED);
            case PROCESSING -> EnumSet.of(READY, REFUSED, DELETED);
            case READY -> EnumSet.of(DELETED);
            // The same bytes were sent again.
            case REFUSED -> EnumSet.of(UPLOADING, DELETED);
            case DELETED -> EnumSet.noneOf(ImageState.class);
        };
    }

    /** As the API and the table have it. */
    String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
