package io.emporium.local.paypal;

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
 * The fake PayPal as a process of its own: {@code java -cp … io.emporium.local.paypal.FakePayPal --port 0 --data folder --ready file
 * --client-id ID --client-secret SECRET --webhook-id ID [--webhook-url URL]}. See the package's documentation for what it can do.
 */
public final class FakePayPal {
    private FakePayPal() {}

    /** As {@link Life#live} has it. */
    public static void main(String[] arguments) throws IOException {
        Life.live(
                "fake PayPal",
                arguments,
                List.of("--client-id", "--client-secret", "--webhook-id"),
                List.of("--webhook-url"),
                FakePayPal::open);
    }

    private static Life.Open open(Path data, Map<String, String> options) throws IOException {
        Door door = new Door(Integer.parseInt(options.get("--port")));
        Signer signer = new Signer(data, door.base(), options.get("--webhook-id"));
        Ledger ledger = new Ledger(data, signer);
        if (options.containsKey("--webhook-url")) {
            target(ledger, options.get("--webhook-url"));
        }
        Tokens tokens = new Tokens(options.get("--client-id"), options.get("--client-secret"));
        Settings settings = new Settings(tokens);
        Checkout checkout = new Checkout(door.base(), settings);
        Disputes disputes = new Disputes(checkout);
        Faults faults = new Faults();
        Calls calls = new Calls();
        Webhooks webhooks = new Webhooks(ledger, settings::webhooks);
        webhooks.start();
        door.open(
                new Api(ledger, checkout, disputes, signer),
                tokens,
                signer,
                new Switches(ledger, checkout, disputes, settings, tokens, signer, faults, webhooks, calls),
                faults,
                calls);
        return new Life.Open(door.port(), door::close, ledger::close);
    }

    /** Sets where webhooks go; null: nowhere. Throws IllegalArgumentException where the URL is none. */
    static void target(Ledger ledger, String url) {
        if (url != null && (URI.create(url).getHost() == null || !url.startsWith("http"))) {
            throw new IllegalArgumentException("a webhook needs an http(s) url");
        }
        ledger.webhookUrl(url);
    }
}
