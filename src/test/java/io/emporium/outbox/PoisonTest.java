package io.emporium.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emporium.order.OrderEvent.OrderConfirmed;
import io.emporium.payment.PaymentEvent.RefundSucceeded;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a message is found where it is read; the brokers' tests show what becomes of it. */
class PoisonTest {
    private static final String EVENT =
            "{\"id\":\"0b9e2f6c-41d8-4f3a-a2f4-7d1c5b8e9a10\",\"type\":\"%s\",\"time\":\"2026-01-15T10:00:00Z\",\"data\":%s}";

    private final CloudEvents cloudEvents = new CloudEvents();

    @ParameterizedTest
    @ValueSource(strings = {"order.pla\\u0000ced", "order.\\ud83d", "", "order placed"})
    void a_type_that_is_no_word_makes_no_event(String type) {
        assertThatThrownBy(() -> read(type, "{}")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"order\":7}", "{\"order_id\":null,\"user_id\":7}", "{\"order_id\":7}"})
    void what_does_not_say_whose_order_it_is_about_is_not_about_order_0(String data) {
        ReceivedEvent event = read("order.confirmed", data);
        assertThatThrownBy(() -> event.as(OrderConfirmed.class)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void what_is_stored_has_no_nul_and_no_half_of_a_character() {
        assertThat(Inbox.storable("a\0b", 9)).isEqualTo("a\uFFFDb");
        assertThat(Inbox.storable("x\uD83D\uDCA3", 2)).isEqualTo("x?");
        assertThat(Inbox.storable("x\uD83D\uDCA3", 3)).isEqualTo("x\uD83D\uDCA3");
    }

    @Test
    void an_amount_that_there_is_not_is_no_refund() {
        ReceivedEvent event = read(
                "refund.succeeded",
                "{\"order_id\":7,\"user_id\":7,\"refund_id\":7,\"amount\":{\"amount\":1e-300000000,\"currency\":\"USD\"}}");
        assertThatThrownBy(() -> event.as(RefundSucceeded.class)).isInstanceOf(RuntimeException.class);
    }

    private ReceivedEvent read(String type, String data) {
        return cloudEvents.read(EVENT.formatted(type, data).getBytes(StandardCharsets.UTF_8));
    }
}
