package io.emporium.payment.gateway;

import io.emporium.shared.Money;
import org.jspecify.annotations.Nullable;

/** What became of a charge, as far as its provider has said. */
public sealed interface GatewayOutcome {
    /** The provider's name for the payment ({@code pi_…}); null where it has not given one. */
    @Nullable
    String providerReference();

    /** What the provider said, as JSON, without secrets and personal data; null where it said nothing. */
    @Nullable
    String evidence();

    /**
     * The money is ours.
     *
     * @param amount what was really taken; it is compared with what was asked for
     */
    record Captured(String providerReference, Money amount, String evidence) implements GatewayOutcome {}

    /**
     * No money moved, and under this reference none will.
     *
     * @param code why: the bank's decline code, or one of the constants here
     * @param message for the customer
     */
    record Declined(
            @Nullable String providerReference,
            String code,
            String message,
            @Nullable String evidence) implements GatewayOutcome {
        /** Nobody said no: the payment was called off before it was finished. */
        public static final String CALLED_OFF = "called_off";
        /** The provider does not know the payment method or will not use it. */
        public static final String UNUSABLE_METHOD = "unusable_payment_method";
        /** The provider has no such customer any more. */
        public static final String UNKNOWN_CUSTOMER = "unknown_customer";
        /** The provider has never heard of the payment. */
        public static final String NEVER_ARRIVED = "never_arrived";
        /** The shop's own fraud rules said no, and nobody was asked. Not for the payer's eyes. */
        public static final String DENIED_BY_RULES = "denied_by_rules";

        public boolean isCalledOff() {
            return code.equals(CALLED_OFF);
        }

        public boolean isNeverArrived() {
            return code.equals(NEVER_ARRIVED);
        }

        /** Whether it was asked and said no, or the provider in its place. */
        public boolean isOfTheBank() {
            return !isCalledOff()
                    && !isNeverArrived()
                    && !code.equals(UNUSABLE_METHOD)
                    && !code.equals(UNKNOWN_CUSTOMER)
                    && !code.equals(DENIED_BY_RULES);
        }
    }

    /**
     * The customer has to confirm first (3-D Secure).
     *
     * @param clientSecret with which the customer's browser confirms
     * @param nextAction what the browser has to do, as JSON
     */
    record ActionRequired(
            String providerReference,
            @Nullable String clientSecret,
            @Nullable String nextAction,
            String evidence) implements GatewayOutcome {}

    /**
     * The customer has to transfer the money, and a person to see it come.
     *
     * @param providerReference what the customer writes on the transfer
     * @param instructions where to transfer it, as JSON
     */
    record Awaited(String providerReference, String instructions) implements GatewayOutcome {
        @Override
        public @Nullable String evidence() {
            return null;
        }
    }

    /** The customer has agreed, and the money is taken as soon as we ask for it ({@link Gateway#capture}). */
    record Approved(String providerReference, @Nullable String evidence) implements GatewayOutcome {}

    /** The provider has it and works on it. */
    record Pending(String providerReference, String evidence) implements GatewayOutcome {}

    /**
     * Nobody knows: no answer, or one that says nothing about the charge. It may have been made.
     *
     * @param why for the log
     * @param isKept the provider has answered with a fault of its own, and may repeat that for as long as it keeps the key
     */
    record Unknown(String why, boolean isKept) implements GatewayOutcome {
        public Unknown(String why) {
            this(why, false);
        }

        @Override
        public @Nullable String providerReference() {
            return null;
        }

        @Override
        public @Nullable String evidence() {
            return null;
        }
    }
}
