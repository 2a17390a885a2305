package io.emporium.chaos;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;

/**
 * Every second an event that nobody knows is put behind what waits in the queue: how long it takes until it is taken shows
 * whether the queue moves.
 */
final class Probes implements AutoCloseable {
    private record Sent(UUID id, Instant at) {}

    private record Outage(Instant from, Instant to) {}

    private final Broker broker;
    private final List<Sent> sent = new CopyOnWriteArrayList<>();
    private final List<Outage> outages = new CopyOnWriteArrayList<>();
    private final Thread sends;
    private volatile boolean closed;

    Probes(Broker broker) {
        this.broker = broker;
        this.sends = Thread.ofPlatform().daemon().name("probes").start(() -> {
            while (!closed) {
                send();
                Shop.pause(1_000);
            }
        });
    }

    private void send() {
        UUID id = UUID.randomUUID();
        Instant now = Instant.now();
        byte[] event = Poison.event(id, "order.probed", "{}").getBytes(StandardCharsets.UTF_8);
        // One that is not confirmed is nobody's.
        if (broker.publish(Broker.EXCHANGE, "order.probed", event)) {
            sent.add(new Sent(id, now));
        }
    }

    /** The broker was away for so long: who waits for it does not wait for the queue. */
    void outage(Instant from, Instant to) {
        outages.add(new Outage(from, to));
    }

    /** How long those that were sent between took, from the broker's return where it went away meanwhile; shortest first. */
    List<Duration> times(DataSource database, Instant from, Instant to, Findings findings) throws SQLException {
        Map<UUID, Instant> taken = new HashMap<>();
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "SELECT event_id, done_at FROM inbox WHERE type = 'order.probed' AND status = 'done'")) {
            while (rows.next()) {
                taken.put(rows.getObject(1, UUID.class), rows.getTimestamp(2).toInstant());
            }
        }
        List<Duration> times = new ArrayList<>();
        for (Sent probe : sent) {
            if (probe.at().isBefore(from) || probe.at().isAfter(to)) {
                continue;
            }
            Instant done = taken.get(probe.id());
            if (done == null) {
                findings.note("probe " + probe.id() + " of " + probe.at() + " was confirmed and never taken");
                continue;
            }
            Instant since = probe.at();
            for (Outage outage : outages) {
                if (outage.from().isBefore(done) && outage.to().isAfter(since)) {
                    since = outage.to().isBefore(done) ? outage.to() : done;
                }
            }
            times.add(Duration.between(since, done));
        }
        times.sort(Duration::compareTo);
        return times;
    }

    int count() {
        return sent.size();
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        sends.join();
    }
}
