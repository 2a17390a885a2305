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
        /** The provider has never heard of the payment. */
        public static final String NEVER_ARRIVED = "never_arrived";

        public boolean isCalledOff() {
            return code.equals(CALLED_OFF);
        }

        public boolean isNeverArrived() {
            return code.equals(NEVER_ARRIVED);
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

    /** The provider has it and works on it. */
    record Pending(String providerReference, String evidence) implements GatewayOutcome {}

    /**
     * Nobody knows: no answer, or one that says nothing about the charge. It may have been made.
     *
     * @param why for the log
     */
    record Unknown(String why) implements GatewayOutcome {
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
