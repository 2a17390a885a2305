package io.emporium.chaos;

import java.nio.file.Path;
import java.time.Duration;

/** How much is done, by {@code -Dchaos.…}; the defaults are what issue 3 asks for. */
final class Settings {
    /** Only the points with this word. */
    static final String POINTS = System.getProperty("chaos.points", "");

    static final int KILLS_PER_POINT = Integer.getInteger("chaos.kills-per-point", 20);
    static final int RANDOM_KILLS = Integer.getInteger("chaos.random-kills", 200);
    /** Before the effect, and as many after it. */
    static final int PROVIDER_FAULTS = Integer.getInteger("chaos.provider-faults", 50);
    /** Of each server, in each way it can go away. */
    static final int OUTAGES = Integer.getInteger("chaos.outages", 2);

    static final int CUSTOMERS = Integer.getInteger("chaos.customers", 10);

    /** Of a campaign, those who have consented; there are half as many again who have not. */
    static final int RECIPIENTS = Integer.getInteger("chaos.recipients", 100_000);

    /** Of {@link MessagesChaos}. */
    static final int ORDERS = Integer.getInteger("chaos.orders", 10_000);

    /** After so long it makes do with the orders that there are, and says so. */
    static final Duration BUYING = Duration.ofMinutes(Integer.getInteger("chaos.buying-minutes", 20));

    /** Of {@link ReadersChaos}: only what has this word in its name. */
    static final String PHASES = System.getProperty("chaos.phases", "");

    static final int RATE = Integer.getInteger("chaos.rate", 500);

    /** What is not settled by then is a violation: the longest wait of the shop's own is a minute. */
    static final Duration SETTLED_WITHIN = Duration.ofSeconds(150);

    static final Path FOLDER = Path.of("target", "chaos").toAbsolutePath();

    private Settings() {}
}
