package io.emporium.search;

import org.jspecify.annotations.Nullable;

/** Elasticsearch is there and will not take this question: no reason not to ask it others. */
final class QuestionRefused extends IndexAway {
    private static final long serialVersionUID = 1L;

    QuestionRefused(int status, String message, @Nullable Throwable cause) {
        super(status, message, cause);
    }
}
