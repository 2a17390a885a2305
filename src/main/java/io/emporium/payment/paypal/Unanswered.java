package io.emporium.payment.paypal;

/** PayPal said nothing usable: it cannot be reached, is busy or broken, or does not let us in. What was asked may be done. */
final class Unanswered extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param why for the log: kind, status and debug id, nothing a customer sent */
    Unanswered(String why) {
        super(why, null, false, false);
    }
}
