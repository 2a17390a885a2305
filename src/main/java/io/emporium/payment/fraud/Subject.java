package io.emporium.payment.fraud;

/** Whose attempts are counted together. Locks are taken in this order. */
enum Subject {
    USER("user_id", Signal.ATTEMPTS_BY_USER, Signal.DECLINES_BY_USER),
    CARD("fingerprint", Signal.ATTEMPTS_BY_CARD, Signal.DECLINES_BY_CARD),
    ADDRESS("ip", Signal.ATTEMPTS_BY_ADDRESS, Signal.DECLINES_BY_ADDRESS);

    private final String column;
    private final Signal attempts;
    private final Signal declines;

    Subject(String column, Signal attempts, Signal declines) {
        this.column = column;
        this.attempts = attempts;
        this.declines = declines;
    }

    /** Where an assessment names it. */
    String column() {
        return column;
    }

    Signal attempts() {
        return attempts;
    }

    Signal declines() {
        return declines;
    }
}
