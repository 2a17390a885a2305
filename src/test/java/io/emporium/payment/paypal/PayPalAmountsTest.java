package io.emporium.payment.paypal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emporium.shared.Money;
import java.math.BigDecimal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PayPalAmountsTest {

    @ParameterizedTest
    @CsvSource({
        "49.99,USD,49.99",
        "50,USD,50.00",
        "0.10,EUR,0.10",
        "999999.99,GBP,999999.99",
        // PayPal has no decimals here, and what has some is refused there and not rounded here.
        "4900,HUF,4900",
        "1200.00,TWD,1200",
        "4900.50,HUF,4900.50"
    })
    void an_amount_is_a_text_as_paypal_wants_it_and_comes_back_the_same(
            BigDecimal amount, String currency, String expected) {
        Money money = Money.of(amount, currency);
        ObjectNode object = new ObjectMapper().createObjectNode();

        PayPalAmounts.put(object, money);

        assertThat(object.path("amount").path("value").isTextual()).isTrue();
        assertThat(object.path("amount").path("value").asText()).isEqualTo(expected);
        assertThat(object.path("amount").path("currency_code").asText()).isEqualTo(currency);
        assertThat(PayPalAmounts.in(object)).isEqualTo(money);
    }
}
