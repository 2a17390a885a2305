package io.emporium.notification.delivery;

import java.util.Locale;

/** What a message is for, which decides who may turn it off. */
public enum Purpose {
    /** What somebody asked for about their account, a password reset for example: no preference turns it off. */
    ACCOUNT,
    /** About an order, or about its goods to those who run the shop: not over a channel that the customer has turned off. */
    ORDER,
    /** Promotion: only with consent, to no suppressed address, and not over a channel that is turned off. */
    PROMOTION;

    String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
