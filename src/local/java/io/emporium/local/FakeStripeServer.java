package io.emporium.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** The fake Stripe, a process of its own that speaks Stripe's HTTP API and ends when its standard input closes. */
final class FakeStripeServer implements LocalServer {

    private static final String MAIN = "io.emporium.local.stripe.FakeStripe";

    private final DataFolder data;
    private final String webhookUrl;
    private int port = Ports.free();
    private Process process;

    FakeStripeServer(DataFolder data, String webhookUrl) throws IOException {
        this.data = data;
        this.webhookUrl = webhookUrl;
    }

    @Override
    public String name() {
        return "stripe";
    }

    @Override
    public String title() {
        return "Fake Stripe";
    }

    @Override
    public boolean apart() {
        return true;
    }

    @Override
    public void start() throws Exception {
        Path ready = data.folder("run").resolve("stripe.ready");
        Files.deleteIfExists(ready);
        Path java = Path.of(System.getProperty("java.home"), "bin", Programs.exe("java"));
        Path log = data.log(name());
        process = new ProcessBuilder(
                        java.toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx96m",
                        "-cp",
                        classes().toString(),
                        MAIN,
                        "--port",
                        Integer.toString(port),
                        "--data",
                        data.folder("stripe").toString(),
                        "--ready",
                        ready.toString(),
                        "--webhook-url",
                        webhookUrl,
                        "--webhook-secret",
                        "whsec_" + data.secret("stripe"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        for (int i = 0; i < 1000; i++) {
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
        throw new IOException("it was not ready after 20 seconds, see " + log);
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
        try {
            return Map.of(
                    "STRIPE_API_BASE", "http://" + Ports.HOST + ":" + port,
                    "STRIPE_SECRET_KEY", "sk_test_emporium_local",
                    "STRIPE_WEBHOOK_SECRET", "whsec_" + data.secret("stripe"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** It needs nothing but our own classes. */
    private static Path classes() throws Exception {
        return Path.of(FakeStripeServer.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }
}
