package io.emporium.chaos;

import io.emporium.LocalStack;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The ways in which a server goes away under load, and comes back. */
final class Outages {
    static final Duration LASTS = Duration.ofSeconds(15);

    /** Goes down in order, with its connections closed; dies as by SIGKILL; stops answering with its connections open (SIGSTOP). */
    enum How {
        DOWN,
        KILLED,
        STOPPED
    }

    /** @param server as the local servers call it */
    record Outage(String title, String server, How how) {
        private boolean isOfTheMailServer() {
            return server.equals("smtp") || title.contains("mail server");
        }

        String name() {
            return title
                    + switch (how) {
                        case DOWN -> " shut down";
                        case KILLED -> " killed (SIGKILL)";
                        case STOPPED -> " stopped (SIGSTOP)";
                    };
        }
    }

    private final LocalStack servers;
    private final Told told;

    Outages(LocalStack servers, Told told) {
        this.servers = servers;
        this.told = told;
    }

    /** Broker, search and mail server share a process: they are shut down one by one, and stopped all at once. */
    List<Outage> all() {
        return List.of(
                new Outage("PostgreSQL", "postgres", How.KILLED),
                new Outage("Redis", "redis", How.KILLED),
                new Outage("Stripe", "stripe", How.KILLED),
                new Outage("broker, search and mail server", "rabbitmq", How.STOPPED),
                new Outage("broker", "rabbitmq", How.DOWN),
                new Outage("PostgreSQL", "postgres", How.STOPPED),
                new Outage("Redis", "redis", How.STOPPED),
                new Outage("Stripe", "stripe", How.STOPPED),
                new Outage("search", "search", How.DOWN),
                new Outage("mail server", "smtp", How.DOWN),
                new Outage("PostgreSQL", "postgres", How.DOWN));
    }

    /** @return how many orders were placed while it was away */
    int let(Outage outage) throws IOException, InterruptedException {
        ProcessHandle process = servers.process(outage.server());
        int before = told.orders();
        if (outage.isOfTheMailServer()) {
            told.mailServerLost(Shop.PROCESSES.size());
        }
        switch (outage.how()) {
            case DOWN -> servers.stop(outage.server());
            case KILLED -> Signals.kill(process);
            case STOPPED -> Signals.stop(process);
        }
        Shop.pause(LASTS.toMillis());
        int placed = told.orders() - before;
        switch (outage.how()) {
            case DOWN -> servers.start(outage.server());
            case KILLED -> {
                // For the local servers it runs until it is stopped.
                servers.stop(outage.server());
                servers.start(outage.server());
            }
            case STOPPED -> Signals.goOn(process);
        }
        return placed;
    }
}
