package io.emporium.notification.delivery;

import io.emporium.outbox.NotAWorker;
import io.emporium.shared.Batches;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.All;
import io.quarkus.logging.Log;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Has each channel send what is due, each at its own pace: one that is slow or away holds up no other. */
@ApplicationScoped
class Dispatcher {
    private static final int FORGET_BATCH = 1_000;
    private static final String EVERY = "${emporium.notification.send-every}";

    private final Deliveries deliveries;
    private final List<Sender> senders;
    private final Map<Channel, Line> lines;
    private final List<Line> promotions;

    Dispatcher(
            Deliveries deliveries,
            InHand inHand,
            Permission permission,
            @All List<Sender> unwatched,
            NotAWorker process,
            MeterRegistry meters) {
        this.deliveries = deliveries;
        this.senders = unwatched.stream()
                .<Sender>map(sender -> new Watched(sender, meters))
                .toList();
        this.lines = senders.stream()
                .map(sender -> new Line(
                        sender,
                        inHand,
                        permission,
                        (most, isAsking) -> inHand.claim(sender.channel(), most, isAsking),
                        process::isClosing))
                .collect(Collectors.toMap(line -> line.channel(), Function.identity()));
        this.promotions = senders.stream()
                .filter(sender -> sender.channel() == Channel.EMAIL)
                .map(sender -> new Line(sender, inHand, permission, inHand::claimPromotions, process::isClosing))
                .toList();
        lines.forEach((channel, line) -> measure(channel.code(), line, meters));
        promotions.forEach(line -> measure("promotions", line, meters));
    }

    private static void measure(String what, Line line, MeterRegistry meters) {
        Gauge.builder("breaker.open", line, Dispatcher::shut)
                .description("1 while nothing new is begun there, because it does not answer")
                .tag("of", what)
                .register(meters);
    }

    private static int shut(Line line) {
        return line.isShut() ? 1 : 0;
    }

    void tell(@Observes StartupEvent start) {
        for (Sender sender : senders) {
            if (!sender.isOn()) {
                Log.infof("No %s are sent: %s", sender.channel().messages(), sender.howToTurnOn());
            }
        }
    }

    @Scheduled(
            every = EVERY,
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void mails() {
        send(Channel.EMAIL);
    }

    @Scheduled(
            every = EVERY,
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void sms() {
        send(Channel.SMS);
    }

    @Scheduled(
            every = EVERY,
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void pushes() {
        send(Channel.PUSH);
    }

    /** A line of its own: however many and however slow they are, no other mail waits for a promotion. */
    @Scheduled(
            every = EVERY,
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void promotions() {
        promotions.forEach(Line::send);
    }

    private void send(Channel channel) {
        Line line = lines.get(channel);
        if (line != null) {
            line.send();
        }
    }

    @Scheduled(
            every = "1h",
            delayed = "2m",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void forget() {
        Batches.workOff(FORGET_BATCH, deliveries::giveUp);
        Batches.workOff(FORGET_BATCH, deliveries::forget);
    }
}
