package io.emporium.shared;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MoneyTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"1e999999999", "-1e999999999", "1e-300000000", "1e300000000", "1e21", "12345678901234567890"})
    void an_amount_that_there_is_not_is_refused_at_once(String amount) {
        assertTimeoutPreemptively(
                Duration.ofSeconds(2),
                () -> assertThatThrownBy(() -> Money.of(new BigDecimal(amount), "USD"))
                        .isInstanceOf(ArithmeticException.class));
    }
}
