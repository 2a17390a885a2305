package io.emporium;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;

/** Starts the shop; in local mode with the servers it needs, and with a few lines that say where to go first. */
@QuarkusMain
public class Emporium implements QuarkusApplication {
    /**
     * The one argument it takes: bring the database up to date and end. Where several processes start at once one does that
     * before them, and they are told not to ({@code MIGRATE_AT_START=false}); see docs/kubernetes.md.
     */
    private static final String MIGRATE = "migrate";

    /** Otherwise it starts as ever, so that settings that the shop would refuse are refused here, before any pod is replaced. */
    private static final Map<String, String> WHILE_MIGRATING = Map.of(
            "quarkus.flyway.migrate-at-start", "true",
            "emporium.worker", "false",
            "quarkus.http.host-enabled", "false",
            "quarkus.management.host-enabled", "false");

    public static void main(String... args) {
        // Quarkus would answer an address that is no URI itself, bare; so it is web.FrontDoor that does.
        System.setProperty("vertx.disableURIValidation", "true");
        if (isMigration(args)) {
            WHILE_MIGRATING.forEach(System::setProperty);
        }
        Path arguments = LocalMode.argumentFile();
        if (arguments != null) {
            try {
                Path home = LocalMode.home();
                new LocalMode(arguments, home, home.resolve("data"), false, LocalMode.port(), System.out).enter();
                LocalMode.chooseManagementPort();
            } catch (LocalMode.Refused e) {
                refuse(String.valueOf(e.getMessage()));
            }
        } else {
            ServerPasswords.missing(ConfigProvider.getConfig()).ifPresent(Emporium::refuse);
        }
        try {
            OwnTls.settings(ConfigProvider.getConfig()).forEach(System::setProperty);
        } catch (IllegalArgumentException half) {
            refuse("Emporium does not start: " + half.getMessage());
        }
        Quarkus.run(Emporium.class, args);
    }

    private static boolean isMigration(String... args) {
        return List.of(args).equals(List.of(MIGRATE));
    }

    private static void refuse(String line) {
        System.err.println(line);
        // The line above is the answer; the hooks of a half-started Quarkus would only bury it.
        Runtime.getRuntime().halt(1);
    }

    /** Called when everything has started. */
    @Override
    public int run(String... args) throws IOException {
        if (isMigration(args)) {
            return 0;
        }
        if (LocalMode.entered()) {
            int port = ConfigProvider.getConfig().getValue("quarkus.http.port", Integer.class);
            LocalLinks.leave(port);
            System.out.println(LocalLinks.welcome(port));
        }
        Quarkus.waitForExit();
        return 0;
    }
}
