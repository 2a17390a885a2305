package io.emporium.local.stripe;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The fake Stripe as a process of its own: {@code java -cp … io.emporium.local.stripe.FakeStripe --port 0 --data folder --ready file
 * [--webhook-url URL --webhook-secret whsec_…] [--secret-key sk_test_…]}. It writes {@code port=NNNN} into the ready file when it
 * listens on 127.0.0.1, and ends when its standard input does. See the package's documentation for what it can do.
 */
public final class FakeStripe {
    private static final List<String> OPTIONS =
            List.of("--port", "--data", "--ready", "--webhook-url", "--webhook-secret", "--secret-key");

    private FakeStripe() {}

    /** Runs until standard input ends. Exits with 64 for wrong arguments, 73 where port or ledger cannot be had. */
    public static void main(String[] arguments) throws IOException {
        Map<String, String> options;
        try {
            options = options(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("fake Stripe: " + e.getMessage());
            System.exit(64);
            return;
        }
        try {
            run(options);
        } catch (IOException e) {
            System.err.println("fake Stripe: " + e.getMessage());
            System.exit(73);
        }
    }

    private static void run(Map<String, String> options) throws IOException {
        Path ready = Path.of(options.get("--ready"));
        Files.deleteIfExists(ready);
        Door door = new Door(Integer.parseInt(options.get("--port")), options.get("--secret-key"));
        Ledger ledger = new Ledger(Path.of(options.get("--data")));
        if (options.containsKey("--webhook-url")) {
            target(ledger, options.get("--webhook-url"), options.get("--webhook-secret"));
        }
        Settings settings = new Settings();
        Faults faults = new Faults();
        Calls calls = new Calls();
        PaymentIntents intents = new PaymentIntents("http://127.0.0.1:" + door.port(), settings);
        Refunds refunds = new Refunds(settings);
        Webhooks webhooks = new Webhooks(ledger, settings);
        Api api = new Api(ledger, intents, refunds, settings);
        webhooks.start();
        door.open(
                ledger, api, new Switches(ledger, intents, refunds, settings, faults, webhooks, calls), faults, calls);
        announce(ready, door.port());
        // Whoever started it holds the other end: when that process ends, however it ends, so does this one.
        while (System.in.read() >= 0) {
            continue;
        }
        Files.deleteIfExists(ready);
        door.close();
        ledger.close();
        System.exit(0);
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

    private static void announce(Path ready, int port) throws IOException {
        Path written = ready.resolveSibling(ready.getFileName() + ".new");
        Files.writeString(written, "port=" + port + "\n");
        Files.move(written, ready, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Map<String, String> options(String[] arguments) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!OPTIONS.contains(arguments[i]) || i + 1 == arguments.length) {
                throw new IllegalArgumentException("not understood: " + arguments[i] + "; options are " + OPTIONS);
            }
            options.put(arguments[i], arguments[i + 1]);
        }
        options.putIfAbsent("--port", "0");
        if (!options.get("--port").matches("\\d{1,5}")
                || !options.containsKey("--data")
                || !options.containsKey("--ready")) {
            throw new IllegalArgumentException("needs --port NUMBER --data FOLDER --ready FILE");
        }
        if (options.containsKey("--webhook-url") != options.containsKey("--webhook-secret")) {
            throw new IllegalArgumentException("--webhook-url and --webhook-secret belong together");
        }
        return options;
    }
}
