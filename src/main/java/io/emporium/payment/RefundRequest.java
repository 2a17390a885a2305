package io.emporium.payment;

import io.emporium.web.PlainText;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What {@code POST /payments/refund} is asked (low-level-design 4.5.2).
 *
 * @param amount more than 0, at most what is left of the payment
 * @param reason for the shop's eyes, at most 500 characters
 */
record RefundRequest(
        @NotNull @Schema(examples = "1") Long orderId,

        @NotNull @Positive @DecimalMax("99999999.99") @Digits(integer = 8, fraction = 2) @Schema(examples = "999.99")
        BigDecimal amount,

        @Nullable @Size(max = 500) @PlainText @Schema(examples = "Product defective")
        String reason) {}
