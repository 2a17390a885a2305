package io.emporium.payment.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emporium.shared.Money;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.Currency;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In which currencies a shop starts. */
class StripeCurrencyTest {
    private final StripeCurrency stripe = new StripeCurrency();

    /** Forint and new Taiwan dollar too: only what Stripe pays out in them is whole. */
    @ParameterizedTest
    @ValueSource(strings = {"USD", "EUR", "GBP", "CHF", "HUF", "TWD"})
    void a_currency_with_two_decimals_will_do(String currency) {
        assertThatCode(() -> stripe.check(new StartupEvent(), currency)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX", "VND", "VUV", "XAF",
                "XOF", "XPF", "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND", "XAU", "XXX", "usd", "DOLLAR", " "
            })
    void any_other_is_refused_at_the_start_in_one_line(String currency) {
        assertThatThrownBy(() -> stripe.check(new StartupEvent(), currency))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("Emporium does not start: CURRENCY=" + currency + " ")
                .message()
                .doesNotContain("\n");
    }

    @Test
    void where_the_shop_starts_its_money_can_be_counted() {
        Set<String> sold = Currency.getAvailableCurrencies().stream()
                .map(Currency::getCurrencyCode)
                .filter(code -> StripeCurrency.refusal(code).isEmpty())
                .collect(Collectors.toSet());

        assertThat(sold).hasSizeGreaterThan(100).allSatisfy(code -> Money.zero(Currency.getInstance(code)));
    }
}
