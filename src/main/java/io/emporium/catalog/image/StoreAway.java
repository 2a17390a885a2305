package io.emporium.catalog.image;

/** The object store is not configured, not there, or does not do what it is asked: nothing that the caller did. */
final class StoreAway extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoreAway(String message) {
        super(message, ImageError.storeAway());
    }

    StoreAway(Throwable cause) {
        super(String.valueOf(cause.getMessage()), cause);
    }
}
