package io.emporium.payment.gateway;

import io.emporium.shared.Money;
import org.jspecify.annotations.Nullable;

/** What became of money on its way back, as far as the provider has said. */
public sealed interface RefundOutcome {
    /** It is on the customer's account, or as good as. */
    record Succeeded(String providerReference, Money amount) implements RefundOutcome {}

    /** The provider has it and works on it; that can take days. */
    record Pending(String providerReference) implements RefundOutcome {}

    /**
     * The money stayed, or came back.
     *
     * @param providerReference null where the provider refused to begin
     */
    record Failed(@Nullable String providerReference, String code, String message) implements RefundOutcome {
        /** The providers' codes where somebody has refunded the payment elsewhere, in a dashboard say. */
        public static final String ALREADY_GIVEN_BACK = "charge_already_refunded";

        private static final String ALREADY_GIVEN_BACK_AT_PAYPAL = "capture_fully_refunded";
        /** Stripe's code while the customer's bank holds the money, or has given it back. */
        private static final String DISPUTED = "charge_disputed";

        private static final String DISPUTED_AT_PAYPAL = "capture_disputed_partial_refund_not_allowed";

        public boolean isAlreadyGivenBack() {
            return code.equals(ALREADY_GIVEN_BACK) || code.equals(ALREADY_GIVEN_BACK_AT_PAYPAL);
        }

        public boolean isDisputed() {
            return code.equals(DISPUTED) || code.equals(DISPUTED_AT_PAYPAL);
        }
    }

    /**
     * Nobody knows; it may have been made.
     *
     * @param spoiltKey the idempotency key under which the provider has answered with a fault that it will only repeat; null
     *     where it has not answered, or may answer otherwise
     */
    record Unknown(String why, @Nullable String spoiltKey) implements RefundOutcome {
        public Unknown(String why) {
            this(why, null);
        }
    }
}
