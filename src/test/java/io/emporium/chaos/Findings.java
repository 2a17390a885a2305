package io.emporium.chaos;

import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What must not be, and was; noted with what was going on, told at once and kept for the table. */
final class Findings {
    /** @param during the point or outage in which it was found */
    record Finding(String during, String what) {}

    private static final int LENGTH = 2_000;

    private final List<Finding> found = new CopyOnWriteArrayList<>();
    private volatile String during = "the start";

    void during(String now) {
        during = now;
    }

    void note(String what) {
        note(during, what);
    }

    void note(String when, String what) {
        var finding = new Finding(when, what.substring(0, Math.min(what.length(), LENGTH)));
        found.add(finding);
        say("VIOLATION during \"" + finding.during() + "\": " + finding.what());
    }

    long count(String when) {
        return found.stream().filter(finding -> finding.during().equals(when)).count();
    }

    List<Finding> all() {
        return found;
    }

    static void say(String line) {
        System.out.println(LocalTime.now().truncatedTo(ChronoUnit.MILLIS) + " " + line);
    }
}
