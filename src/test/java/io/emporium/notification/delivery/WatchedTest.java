package io.emporium.notification.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Every try is counted, whatever comes of it. */
class WatchedTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void a_try_is_counted_by_what_came_of_it() {
        assertThat(sending(() -> new Sending.Refused("no"))).isInstanceOf(Sending.Refused.class);
        assertThat(counted("refused")).isEqualTo(1);
        assertThat(counted("failed")).isZero();
    }

    @Test
    void one_that_throws_counts_as_failed() {
        var fault = new IllegalStateException("a fault of ours");
        assertThatThrownBy(() -> sending(() -> {
                    throw fault;
                }))
                .isSameAs(fault);
        assertThat(counted("failed")).isEqualTo(1);
        assertThat(meters.get("deliveries.sending").timer().count()).isEqualTo(1);
    }

    private double counted(String outcome) {
        return meters.counter("deliveries", "channel", "sms", "outcome", outcome)
                .count();
    }

    private Sending sending(Supplier<Sending> what) {
        Sender sender = new Sender() {
            @Override
            public Channel channel() {
                return Channel.SMS;
            }

            @Override
            public boolean isOn() {
                return true;
            }

            @Override
            public String howToTurnOn() {
                return "";
            }

            @Override
            public Sending send(Delivery delivery) {
                return what.get();
            }
        };
        var delivery = new Delivery(
                1,
                Channel.SMS,
                Purpose.ORDER,
                1L,
                UUID.randomUUID(),
                "test",
                "+441632960001",
                null,
                "Hello",
                null,
                null,
                null,
                null,
                null,
                null,
                null);
        return new Watched(sender, meters).send(delivery);
    }
}
