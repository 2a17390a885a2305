package io.emporium.search;

import java.util.Locale;

/** Who has searched; told in the header {@value #HEADER}. */
enum Backend {
    ELASTICSEARCH,
    POSTGRESQL;

    static final String HEADER = "X-Search-Backend";

    String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** An answer with who gave it. */
    record From<T>(Backend backend, T answer) {}
}
