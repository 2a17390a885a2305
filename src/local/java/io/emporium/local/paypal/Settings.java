package io.emporium.local.paypal;

import io.emporium.local.provider.Delivery;
import io.emporium.local.provider.Given;
import io.emporium.local.provider.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The lasting switches, in memory only: a restart or a reset puts them back. See the package's documentation. */
final class Settings {
    private final Tokens tokens;
    private volatile String refunds = "succeed";
    private volatile Delivery webhooks = usual();

    Settings(Tokens tokens) {
        this.tokens = tokens;
    }

    private static Delivery usual() {
        return Delivery.usual(Signer.GOOD, Set.of("*"));
    }

    boolean refundsPending() {
        return refunds.equals("pending");
    }

    Delivery webhooks() {
        return webhooks;
    }

    void reset() {
        refunds = "succeed";
        webhooks = usual();
        tokens.seconds(32_400);
    }

    /** Takes over what is given and leaves the rest. Throws IllegalArgumentException for an unknown value. */
    synchronized void change(Map<String, Object> given) {
        Given.onlyKnown(given, Set.of("refunds", "token_seconds", "webhooks"));
        Delivery next = webhooks.changed(Json.map(given, "webhooks"), Signer.KINDS);
        tokens.seconds(Given.within(given, "token_seconds", tokens.seconds(), 86_400));
        refunds = Given.oneOf(given, "refunds", refunds, List.of("succeed", "pending"));
        webhooks = next;
    }

    Map<String, Object> view() {
        return Json.object("refunds", refunds, "token_seconds", tokens.seconds(), "webhooks", webhooks.view());
    }
}
