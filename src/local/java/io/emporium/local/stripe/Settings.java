package io.emporium.local.stripe;

import io.emporium.local.provider.Delivery;
import io.emporium.local.provider.Given;
import io.emporium.local.provider.Json;
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
            "charge.dispute.updated",
            "charge.dispute.closed",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.funds_reinstated");

    private volatile Values values = Values.usual();

    private record Values(String payments, String refunds, String radar, long searchLagMs, Delivery webhooks) {
        static Values usual() {
            return new Values("succeed", "succeed", "block", 0, Delivery.usual(Signature.GOOD, USUAL_TYPES));
        }
    }

    boolean paymentsProcess() {
        return values.payments.equals("process");
    }

    boolean radarBlocks() {
        return values.radar.equals("block");
    }

    boolean refundsPending() {
        return values.refunds.equals("pending");
    }

    long searchLagMs() {
        return values.searchLagMs;
    }

    Delivery webhooks() {
        return values.webhooks;
    }

    void reset() {
        values = Values.usual();
    }

    /** Takes over what is given and leaves the rest. Throws IllegalArgumentException for an unknown value. */
    synchronized void change(Map<String, Object> given) {
        Values now = values;
        Given.onlyKnown(given, Set.of("payments", "refunds", "radar", "search_lag_ms", "webhooks"));
        values = new Values(
                Given.oneOf(given, "payments", now.payments, List.of("succeed", "process")),
                Given.oneOf(given, "refunds", now.refunds, List.of("succeed", "pending")),
                Given.oneOf(given, "radar", now.radar, List.of("block", "allow")),
                Given.within(given, "search_lag_ms", now.searchLagMs, 600_000),
                now.webhooks.changed(Json.map(given, "webhooks"), Signature.KINDS));
    }

    Map<String, Object> view() {
        Values now = values;
        return Json.object(
                "payments", now.payments,
                "refunds", now.refunds,
                "radar", now.radar,
                "search_lag_ms", now.searchLagMs,
                "webhooks", now.webhooks.view());
    }
}
