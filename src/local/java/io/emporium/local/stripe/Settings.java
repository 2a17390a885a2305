package io.emporium.local.stripe;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The lasting switches, in memory only: a restart or a reset puts them back. See the package's documentation. */
final class Settings {
    private static final Set<String> USUAL_TYPES = Set.of(
            "payment_intent.succeeded",
            "payment_intent.payment_failed",
            "payment_intent.requires_action",
            "payment_intent.canceled",
            "payment_intent.processing",
            "charge.refunded",
            "refund.created",
            "refund.updated",
            "refund.failed",
            "charge.dispute.created",
            "charge.dispute.closed");

    private volatile Values values = Values.usual();

    /** How webhooks go out; {@code offsetSeconds} is added to the signed time stamp, {@code types} may hold "*". */
    record Webhooks(
            String state,
            int duplicates,
            boolean reversed,
            long delayMs,
            String signature,
            long offsetSeconds,
            Set<String> types) {
        boolean off() {
            return state.equals("off");
        }

        boolean held() {
            return !state.equals("on");
        }
    }

    private record Values(String payments, String refunds, long searchLagMs, Webhooks webhooks) {
        static Values usual() {
            return new Values("succeed", "succeed", 0, new Webhooks("on", 0, false, 0, Signature.GOOD, 0, USUAL_TYPES));
        }
    }

    boolean paymentsProcess() {
        return values.payments.equals("process");
    }

    boolean refundsPending() {
        return values.refunds.equals("pending");
    }

    long searchLagMs() {
        return values.searchLagMs;
    }

    Webhooks webhooks() {
        return values.webhooks;
    }

    void reset() {
        values = Values.usual();
    }

    /** Takes over what is given and leaves the rest. Throws IllegalArgumentException for an unknown value. */
    @SuppressWarnings("unchecked")
    synchronized void change(Map<String, Object> given) {
        Values now = values;
        Map<String, Object> hooks = Json.map(given, "webhooks");
        onlyKnown(given, Set.of("payments", "refunds", "search_lag_ms", "webhooks"));
        onlyKnown(
                hooks,
                Set.of(
                        "state",
                        "duplicates",
                        "reversed",
                        "delay_ms",
                        "signature",
                        "timestamp_offset_seconds",
                        "types"));
        values = new Values(
                oneOf(given, "payments", now.payments, List.of("succeed", "process")),
                oneOf(given, "refunds", now.refunds, List.of("succeed", "pending")),
                within(given, "search_lag_ms", now.searchLagMs, 600_000),
                new Webhooks(
                        oneOf(hooks, "state", now.webhooks.state, List.of("on", "off", "hold")),
                        (int) within(hooks, "duplicates", now.webhooks.duplicates, 50),
                        hooks.containsKey("reversed") ? Json.flag(hooks, "reversed") : now.webhooks.reversed,
                        within(hooks, "delay_ms", now.webhooks.delayMs, 600_000),
                        oneOf(hooks, "signature", now.webhooks.signature, Signature.KINDS),
                        Json.number(hooks, "timestamp_offset_seconds", now.webhooks.offsetSeconds),
                        hooks.get("types") instanceof List<?> types
                                ? Set.copyOf((List<String>) types)
                                : now.webhooks.types));
    }

    Map<String, Object> view() {
        Values now = values;
        return Json.object(
                "payments", now.payments,
                "refunds", now.refunds,
                "search_lag_ms", now.searchLagMs,
                "webhooks",
                        Json.object(
                                "state", now.webhooks.state,
                                "duplicates", now.webhooks.duplicates,
                                "reversed", now.webhooks.reversed,
                                "delay_ms", now.webhooks.delayMs,
                                "signature", now.webhooks.signature,
                                "timestamp_offset_seconds", now.webhooks.offsetSeconds,
                                "types", now.webhooks.types.stream().sorted().toList()));
    }

    static void onlyKnown(Map<String, Object> given, Set<String> known) {
        // A mistyped switch that is ignored makes a test that tests nothing.
        for (String key : given.keySet()) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException("unknown: " + key + "; known: " + known);
            }
        }
    }

    static String oneOf(Map<String, Object> given, String key, String otherwise, List<String> allowed) {
        String value = Json.text(given, key);
        if (value == null) {
            return otherwise;
        }
        if (!allowed.contains(value)) {
            throw new IllegalArgumentException(key + " must be one of " + allowed);
        }
        return value;
    }

    static long within(Map<String, Object> given, String key, long otherwise, long most) {
        long value = Json.number(given, key, otherwise);
        if (value < 0 || value > most) {
            throw new IllegalArgumentException(key + " must be between 0 and " + most);
        }
        return value;
    }
}
