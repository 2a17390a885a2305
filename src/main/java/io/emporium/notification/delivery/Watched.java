package io.emporium.notification.delivery;

import io.emporium.outbox.Traces;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.SpanKind;
import java.util.Locale;

/**
 * A sender whose every try is counted by what came of it ({@code deliveries_total}), timed ({@code deliveries_sending_seconds}),
 * and a part of the trace of the request that the message tells of.
 */
final class Watched implements Sender {
    /** As a line takes one that throws. */
    private static final String THREW = "failed";

    private final Sender sender;
    private final MeterRegistry meters;

    Watched(Sender sender, MeterRegistry meters) {
        this.sender = sender;
        this.meters = meters;
    }

    @Override
    public Channel channel() {
        return sender.channel();
    }

    @Override
    public boolean isOn() {
        return sender.isOn();
    }

    @Override
    public String howToTurnOn() {
        return sender.howToTurnOn();
    }

    @Override
    public Sending send(Delivery delivery) {
        String channel = channel().code();
        return meters.timer("deliveries.sending", "channel", channel)
                .record(() -> Traces.follow(
                        delivery.traceparent(), "send " + channel + " " + delivery.type(), SpanKind.CLIENT, () -> {
                            String outcome = THREW;
                            try {
                                Sending sending = sender.send(delivery);
                                outcome = named(sending);
                                return sending;
                            } finally {
                                meters.counter("deliveries", "channel", channel, "outcome", outcome)
                                        .increment();
                            }
                        }));
    }

    private static String named(Sending outcome) {
        return outcome.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }
}
