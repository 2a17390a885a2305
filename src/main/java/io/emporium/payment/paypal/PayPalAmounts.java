package io.emporium.payment.paypal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emporium.shared.Money;
import java.math.BigDecimal;
import java.util.Set;

/** Money in PayPal's JSON: a text with two decimals, or none in the currencies that PayPal has without. */
final class PayPalAmounts {
    /** Of those with two decimals elsewhere; the yen has none anywhere, and {@link Money} does not take it. */
    private static final Set<String> WITHOUT_DECIMALS = Set.of("HUF", "TWD");

    private PayPalAmounts() {}

    static void put(ObjectNode object, Money money) {
        String currency = money.currency().getCurrencyCode();
        BigDecimal value = money.amount();
        // Half a forint goes as it is: PayPal refuses it, and nothing is rounded.
        boolean isWhole = WITHOUT_DECIMALS.contains(currency)
                && value.stripTrailingZeros().scale() <= 0;
        object.putObject("amount")
                .put("currency_code", currency)
                .put("value", (isWhole ? value.setScale(0) : value).toPlainString());
    }

    /** @throws RuntimeException if it is no amount: then nobody knows what PayPal did */
    static Money in(JsonNode object) {
        return of(object.path("amount"));
    }

    /** As {@link #in}, of the amount itself. */
    static Money of(JsonNode amount) {
        return Money.of(
                new BigDecimal(amount.path("value").asText()),
                amount.path("currency_code").asText());
    }
}
