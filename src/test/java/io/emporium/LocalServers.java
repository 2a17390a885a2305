package io.emporium;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The servers of local mode for every test that starts Quarkus, on empty data in {@link #DATA}. They start once for
 * the JVM and end with it, so that a test profile that restarts the application does not wait for them again.
 */
public final class LocalServers implements QuarkusTestResourceLifecycleManager {

    /** Each of the JVMs that run tests side by side has its own. */
    public static final Path DATA =
            Path.of("target", "local", "test-data-" + TestJvm.NUMBER).toAbsolutePath();

    private static final String PORT = "emporium.local.test-port";
    private static final int MANAGEMENT = FreePort.next();

    @Override
    public Map<String, String> start() {
        Path arguments = LocalMode.argumentFile();
        if (arguments == null) {
            throw new IllegalStateException(
                    "The local servers are not built: run the tests with ./mvnw, without -Dproduction");
        }
        // Chosen before the fake Stripe starts, which must know where to send its webhooks.
        int port = Integer.getInteger(PORT, 0);
        if (port == 0) {
            port = FreePort.next();
            System.setProperty(PORT, Integer.toString(port));
        }
        Map<String, String> settings =
                new HashMap<>(new LocalMode(arguments, LocalMode.home(), DATA, true, port, System.out).enter());
        settings.put("quarkus.http.test-port", Integer.toString(port));
        settings.put(Management.PORT, Integer.toString(MANAGEMENT));
        return settings;
    }

    @Override
    public void stop() {
        // They end with this JVM.
    }
}
