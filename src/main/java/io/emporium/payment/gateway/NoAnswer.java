package io.emporium.payment.gateway;

/** A provider did not say: it is asked again later, as often as need be. */
public final class NoAnswer extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param why for the log */
    public NoAnswer(String why) {
        super(why, null, false, false);
    }
}
