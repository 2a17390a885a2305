package io.emporium.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** A fake payment provider or bank, a process of its own that speaks its HTTP API and ends when its standard input closes. */
final class FakeProvider implements LocalServer {

    private final DataFolder data;
    private final String name;
    private final String title;
    private final String main;
    private final List<String> options;
    private final Map<String, String> settings;
    private int port = Ports.free();
    private Process process;

    private FakeProvider(
            DataFolder data, String name, String title, String main, List<String> options, Map<String, String> settings)
            throws IOException {
        this.data = data;
        this.name = name;
        this.title = title;
        this.main = main;
        this.options = options;
        this.settings = settings;
    }

    /** @param webhooks where Emporium takes webhooks, without the provider's name */
    static FakeProvider stripe(DataFolder data, String webhooks) throws IOException {
        String secret = "whsec_" + data.secret("stripe");
        return new FakeProvider(
                data,
                "stripe",
                "Fake Stripe",
                "io.emporium.local.stripe.FakeStripe",
                List.of("--webhook-url", webhooks + "stripe", "--webhook-secret", secret),
                Map.of("STRIPE_SECRET_KEY", "sk_test_emporium_local", "STRIPE_WEBHOOK_SECRET", secret));
    }

    /** @param webhooks as of {@link #stripe} */
    static FakeProvider paypal(DataFolder data, String webhooks) throws IOException {
        String secret = data.secret("paypal");
        return new FakeProvider(
                data,
                "paypal",
                "Fake PayPal",
                "io.emporium.local.paypal.FakePayPal",
                List.of(
                        "--webhook-url",
                        webhooks + "paypal",
                        "--client-id",
                        "emporium_local",
                        "--client-secret",
                        secret,
                        "--webhook-id",
                        "EMPORIUMLOCAL00001"),
                Map.of(
                        "PAYPAL_CLIENT_ID", "emporium_local",
                        "PAYPAL_CLIENT_SECRET", secret,
                        "PAYPAL_WEBHOOK_ID", "EMPORIUMLOCAL00001"));
    }

    /** The bank with the account that the shop has in local mode and in tests (application.properties, BANK_IBAN). */
    static FakeProvider bank(DataFolder data) throws IOException {
        return new FakeProvider(
                data,
                "bank",
                "Fake bank",
                "io.emporium.local.bank.FakeBank",
                List.of("--iban", "DE89370400440532013000", "--currency", "USD"),
                Map.of());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public boolean apart() {
        return true;
    }

    @Override
    public void start() throws Exception {
        Path ready = data.folder("run").resolve(name + ".ready");
        Files.deleteIfExists(ready);
        Path java = Path.of(System.getProperty("java.home"), "bin", Programs.exe("java"));
        Path log = data.log(name);
        List<String> command = new ArrayList<>(List.of(
                java.toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // Taken as it is needed: an order leaves 11 KB, and the chaos suite makes ten thousand.
                "-Xmx256m",
                "-cp",
                classes().toString(),
                main,
                "--port",
                Integer.toString(port),
                "--data",
                data.folder(name).toString(),
                "--ready",
                ready.toString()));
        command.addAll(options);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        for (int i = 0; i < 3000; i++) {
            if (!process.isAlive()) {
                throw new IOException("it ended, see " + log);
            }
            if (Files.exists(ready)) {
                Properties answer = new Properties();
                try (var reader = Files.newBufferedReader(ready)) {
                    answer.load(reader);
                }
                if (answer.getProperty("port") != null) {
                    // Kept, so that a restart comes back on the port that the application knows.
                    port = Integer.parseInt(answer.getProperty("port").strip());
                    return;
                }
            }
            Thread.sleep(20);
        }
        throw new IOException("it was not ready after 60 seconds, see " + log);
    }

    @Override
    public void stop() throws Exception {
        if (process != null) {
            process.getOutputStream().close();
            if (!process.waitFor(3, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            process = null;
        }
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> all = new HashMap<>(settings);
        all.put(name.toUpperCase(Locale.ROOT) + "_API_BASE", "http://" + Ports.HOST + ":" + port);
        return all;
    }

    /** It needs nothing but our own classes. */
    private static Path classes() throws Exception {
        return Path.of(FakeProvider.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }
}
