package io.emporium.order;

import io.emporium.web.PlainText;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A checkout of the caller's cart (low-level-design 4.4.1).
 *
 * @param shippingAddressId one of the caller's own
 * @param paymentMethod credit_card, paypal or bank_transfer, as far as the shop offers it
 * @param expectedTotal the total the customer was shown; another one is refused with PRICE_CHANGED
 */
public record CheckoutRequest(
        @NotNull @Schema(examples = "1") Long shippingAddressId,

        @NotBlank @Size(max = 50) @PlainText @Schema(examples = "credit_card")
        String paymentMethod,

        @Nullable
        @PositiveOrZero
        @DecimalMax("9999999999.99")
        @Digits(integer = 10, fraction = 2)
        @Schema(examples = "999.99")
        BigDecimal expectedTotal) {}
