package io.emporium.local.paypal;

import io.emporium.local.provider.Json;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;

/** Money as PayPal takes and shows it: exact, two decimals, or none in the three currencies that PayPal has without. */
record Amount(String currency, BigDecimal value) {
    private static final Set<String> WITHOUT_DECIMALS = Set.of("HUF", "JPY", "TWD");
    private static final Set<String> WITH_DECIMALS = Set.of(
            "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "ILS", "MXN", "MYR", "NOK", "NZD",
            "PHP", "PLN", "SEK", "SGD", "THB", "USD");

    /** Throws PayPalError 400 for what is no amount, 422 for what PayPal cannot take. */
    static Amount in(Map<String, Object> object, String field) {
        Map<String, Object> given = Json.map(object, field);
        String currency = Json.text(given, "currency_code");
        String value = Json.text(given, "value");
        if (currency == null || value == null) {
            throw PayPalError.missing(field + "/" + (currency == null ? "currency_code" : "value"));
        }
        if (!(given.get("value") instanceof String) || !value.matches("\\d{1,10}(\\.\\d{1,10})?")) {
            throw PayPalError.invalid(field + "/value", "INVALID_PARAMETER_VALUE");
        }
        if (!WITH_DECIMALS.contains(currency) && !WITHOUT_DECIMALS.contains(currency)) {
            throw PayPalError.unprocessable("CURRENCY_NOT_SUPPORTED", "Currency code is not currently supported.");
        }
        BigDecimal exact = new BigDecimal(value);
        if (WITHOUT_DECIMALS.contains(currency) && exact.scale() > 0) {
            throw PayPalError.unprocessable("DECIMALS_NOT_SUPPORTED", "Currency does not support decimals.");
        }
        if (exact.scale() > 2) {
            throw PayPalError.unprocessable(
                    "DECIMAL_PRECISION", "The value of the field should not be more than two decimal places.");
        }
        if (exact.signum() == 0) {
            throw PayPalError.unprocessable("CANNOT_BE_ZERO_OR_NEGATIVE", "Must be greater than zero.");
        }
        return of(currency, exact);
    }

    static Amount of(String currency, BigDecimal value) {
        return new Amount(currency, value.setScale(WITHOUT_DECIMALS.contains(currency) ? 0 : 2));
    }

    Amount plus(Amount other) {
        return new Amount(currency, value.add(other.value));
    }

    Amount minus(Amount other) {
        return new Amount(currency, value.subtract(other.value));
    }

    Amount none() {
        return new Amount(currency, value.subtract(value));
    }

    boolean isMoreThan(Amount other) {
        return value.compareTo(other.value) > 0;
    }

    Map<String, Object> view() {
        return Json.object("currency_code", currency, "value", value.toPlainString());
    }

    static Amount from(Map<String, Object> state, String key) {
        Map<String, Object> amount = Json.map(state, key);
        return of(Json.text(amount, "currency_code"), new BigDecimal(Json.text(amount, "value")));
    }
}
