package io.emporium.outbox;

/** What to write into a log or a row about a fault: the root's own words. */
final class Faults {
    private Faults() {}

    static String reason(Throwable fault) {
        Throwable cause = fault;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
