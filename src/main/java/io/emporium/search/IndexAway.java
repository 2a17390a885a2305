package io.emporium.search;

import org.jspecify.annotations.Nullable;

/** Elasticsearch is not there, does not answer in time, or has not the index: nothing that the caller did. */
class IndexAway extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What it answered with, 0 if it did not. */
    final int status;

    IndexAway(int status, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    /** It is there, the index is not. */
    boolean isMissing() {
        return status == 404;
    }
}
