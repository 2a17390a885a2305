package io.emporium.payment;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What {@code POST /payments/process} is asked (low-level-design 4.5.1).
 *
 * @param orderId an own order that waits for its payment
 * @param paymentMethod the order's own
 * @param paymentDetails of a card {@code {"payment_method_id":"pm_…"}} or {@code {"token":"tok_…"}}, of PayPal {@code {}} and
 *     then {@code {"token":"…"}}, of a transfer {@code {}}; anything at all is read here, so that
 *     {@link PaymentService#validatePayment} is the one place that judges it
 * @param savePaymentMethod whether the card shall be kept for the next time; null is no
 * @param others fields that nobody asked for: looked through for card numbers, else ignored
 */
record PaymentRequest(
        @NotNull @Schema(examples = "1") Long orderId,

        @NotNull @Size(max = 50) @Schema(examples = "credit_card")
        String paymentMethod,

        @Nullable
        @Schema(
                type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.OBJECT,
                examples = "{\"payment_method_id\":\"pm_1234567890\"}")
        Object paymentDetails,

        @Nullable @Schema(examples = "false") Boolean savePaymentMethod,

        @Nullable @JsonAnySetter @Schema(hidden = true) Map<String, Object> others) {

    /** Without what a customer may have put into it by mistake. */
    @Override
    public String toString() {
        return "PaymentRequest[orderId=" + orderId + "]";
    }
}
