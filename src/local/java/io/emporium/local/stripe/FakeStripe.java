package io.emporium.local.stripe;

import io.emporium.local.provider.Calls;
import io.emporium.local.provider.Faults;
import io.emporium.local.provider.Life;
import io.emporium.local.provider.Webhooks;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The fake Stripe as a process of its own: {@code java -cp … io.emporium.local.stripe.FakeStripe --port 0 --data folder --ready file
 * [--webhook-url URL --webhook-secret whsec_…] [--secret-key sk_test_…]}. See the package's documentation for what it can do.
 */
public final class FakeStripe {
    private FakeStripe() {}

    /** As {@link Life#live} has it. */
    public static void main(String[] arguments) throws IOException {
        Life.live(
                "fake Stripe",
                arguments,
                List.of(),
                List.of("--webhook-url", "--webhook-secret", "--secret-key"),
                FakeStripe::open);
    }

    private static Life.Open open(Path data, Map<String, String> options) throws IOException {
        if (options.containsKey("--webhook-url") != options.containsKey("--webhook-secret")) {
            throw new IllegalArgumentException("--webhook-url and --webhook-secret belong together");
        }
        Door door = new Door(Integer.parseInt(options.get("--port")), options.get("--secret-key"));
        Ledger ledger = new Ledger(data);
        if (options.containsKey("--webhook-url")) {
            target(ledger, options.get("--webhook-url"), options.get("--webhook-secret"));
        }
        Settings settings = new Settings();
        Faults faults = new Faults();
        Calls calls = new Calls();
        PaymentIntents intents = new PaymentIntents("http://127.0.0.1:" + door.port(), settings);
        Refunds refunds = new Refunds(settings);
        Webhooks webhooks = new Webhooks(ledger, settings::webhooks);
        Api api = new Api(ledger, intents, refunds, settings);
        webhooks.start();
        door.open(
                ledger, api, new Switches(ledger, intents, refunds, settings, faults, webhooks, calls), faults, calls);
        return new Life.Open(door.port(), door::close, ledger::close);
    }

    /** Sets where webhooks go. Throws IllegalArgumentException where the URL is none or the secret is missing. */
    static void target(Ledger ledger, String url, String secret) {
        if (url != null) {
            String scheme = URI.create(url).getScheme();
            if (secret == null
                    || URI.create(url).getHost() == null
                    || !("http".equals(scheme) || "https".equals(scheme))) {
                throw new IllegalArgumentException("a webhook needs an http(s) url and a secret");
            }
        }
        ledger.webhook(url, secret);
    }
}
