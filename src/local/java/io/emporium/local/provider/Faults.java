package io.emporium.local.provider;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What shall go wrong next, and where. In memory only, at most 100 at a time; each strikes {@code count} times and is gone. */
public final class Faults {
    public static final String BEFORE = "before";
    public static final String AFTER = "after";

    public static final List<String> KINDS =
            List.of("http_500", "http_503", "http_429", "http_422", "close", "cut", "drip", "hang", "delay", "halt");
    private static final int MOST = 100;

    private final List<Armed> armed = new ArrayList<>();

    /**
     * A fault that strikes now.
     * http_500 (after the effect it is also what the idempotency key keeps), http_503, http_429, http_422: answered instead. close: the
     * connection ends without a byte (the JDK's HttpURLConnection then silently sends a POST once more). cut: it ends in the
     * middle of the answer. drip: the answer comes byte by byte, each after the delay. hang: nothing for the delay, then close.
     * delay: late, then as usual. halt: the process dies as by SIGKILL.
     * {@code isKept}: an http_500 before the effect is what the idempotency key keeps, where there are such keys.
     */
    public record Fault(String kind, long delayMs, boolean isKept) {
        public boolean isDelay() {
            return kind.equals("delay");
        }

        public boolean isError() {
            return kind.startsWith("http_");
        }

        public int status() {
            return Integer.parseInt(kind.substring("http_".length()));
        }

        public void await() {
            try {
                Thread.sleep(delayMs);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static final class Armed {
        final String method;
        final String path;
        final Pattern pattern;
        final String when;
        final Fault fault;
        long skip;
        long left;
        long struck;

        Armed(Map<String, Object> given) {
            Given.onlyKnown(given, Set.of("method", "path", "when", "kind", "count", "skip", "delay_ms", "kept"));
            method = Json.text(given, "method");
            path = Json.text(given, "path") == null ? "/**" : Json.text(given, "path");
            pattern = glob(path);
            when = Given.oneOf(given, "when", BEFORE, List.of(BEFORE, AFTER));
            String kind = Given.oneOf(given, "kind", null, KINDS);
            if (kind == null) {
                throw new IllegalArgumentException("kind must be one of " + KINDS);
            }
            boolean kept = Json.flag(given, "kept");
            if (kept && !(when.equals(BEFORE) && kind.equals("http_500"))) {
                throw new IllegalArgumentException("only an http_500 before the effect may be kept");
            }
            fault = new Fault(
                    kind, Given.within(given, "delay_ms", kind.equals("hang") ? 60_000 : 1_000, 300_000), kept);
            skip = Given.within(given, "skip", 0, 1_000_000);
            left = Given.within(given, "count", 1, 1_000_000);
        }

        private static Pattern glob(String path) {
            StringBuilder regex = new StringBuilder();
            for (String part : path.split("(?<=\\*)(?!\\*)|(?<!\\*)(?=\\*)")) {
                regex.append(
                        switch (part) {
                            case "*" -> "[^/]*";
                            case "**" -> ".*";
                            default -> Pattern.quote(part);
                        });
            }
            return Pattern.compile(regex.toString());
        }

        Map<String, Object> view() {
            return Json.object(
                    "method", method,
                    "path", path,
                    "when", when,
                    "kind", fault.kind,
                    "delay_ms", fault.delayMs,
                    "kept", fault.isKept,
                    "skip", skip,
                    "count", left,
                    "struck", struck);
        }
    }

    /** Arms a fault. Throws IllegalArgumentException where the description is not understood. */
    public synchronized Map<String, Object> arm(Map<String, Object> given) {
        if (armed.size() >= MOST) {
            armed.removeIf(fault -> fault.left == 0);
        }
        if (armed.size() >= MOST) {
            throw new IllegalArgumentException("more than " + MOST + " faults");
        }
        Armed fault = new Armed(given);
        armed.add(fault);
        return fault.view();
    }

    /** The first fault armed for this call at this moment, counted down; null where there is none. */
    public synchronized Fault take(String when, String method, String path) {
        for (Armed fault : armed) {
            boolean here = fault.left > 0
                    && fault.when.equals(when)
                    && (fault.method == null || fault.method.equals(method))
                    && fault.pattern.matcher(path).matches();
            if (here && fault.skip > 0) {
                fault.skip--;
            } else if (here) {
                fault.left--;
                fault.struck++;
                return fault.fault;
            }
        }
        return null;
    }

    public synchronized List<Map<String, Object>> view() {
        return armed.stream().map(Armed::view).toList();
    }

    public synchronized void clear() {
        armed.clear();
    }
}
