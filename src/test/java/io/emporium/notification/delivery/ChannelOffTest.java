package io.emporium.notification.delivery;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Of a channel that is off nothing is written: rows that nobody sends would pile up. */
class ChannelOffTest {
    private static final Message SMS = new Message(
            Channel.SMS, Purpose.ORDER, 1, UUID.randomUUID(), "test", "+15551234567", null, "text", null, 1, null);

    @Test
    void nothing_is_written_for_a_channel_that_is_off() {
        // It has no database to write to.
        for (List<Sender> senders : List.of(List.<Sender>of(), List.<Sender>of(new Switch(false)))) {
            var off = new Deliveries(null, senders, null, new SimpleMeterRegistry(), Clock.systemUTC());
            assertThatCode(() -> off.add(SMS)).doesNotThrowAnyException();
            assertThatCode(() -> off.addSkipped(SMS, "why")).doesNotThrowAnyException();
        }
        var on = new Deliveries(null, List.of(new Switch(true)), null, new SimpleMeterRegistry(), Clock.systemUTC());
        assertThatThrownBy(() -> on.add(SMS)).isInstanceOf(NullPointerException.class);
    }

    private record Switch(boolean isOn) implements Sender {
        @Override
        public Channel channel() {
            return Channel.SMS;
        }

        @Override
        public String howToTurnOn() {
            return "set it";
        }

        @Override
        public Sending send(Delivery delivery) {
            return new Sending.Sent(null);
        }
    }
}
