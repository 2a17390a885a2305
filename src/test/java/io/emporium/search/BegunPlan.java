package io.emporium.search;

/** What suggestions ask PostgreSQL for, to be looked at where there are a million products. Patterns without quotation marks. */
public final class BegunPlan {
    /** Comes before {@link #names}, in its transaction. */
    public static final String BEFORE_NAMES = DatabaseSearch.BY_TRIGRAMS;

    private BegunPlan() {}

    /** @param field brand or category */
    public static String values(String field, String begins) {
        return DatabaseSearch.BEGUN.replace("FIELD", field).replace(":begins", "'" + begins + "'");
    }

    public static String names(String begins, String within) {
        return DatabaseSearch.NAMES_BEGUN.replace(":begins", "'" + begins + "'").replace(":within", "'" + within + "'");
    }
}
