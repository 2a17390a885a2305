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
    record Failed(@Nullable String providerReference, String code, String message) implements RefundOutcome {}

    /** Nobody knows; it may have been made. */
    record Unknown(String why) implements RefundOutcome {}
}
