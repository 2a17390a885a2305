package io.emporium;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.IOException;
import java.nio.file.Path;
import org.eclipse.microprofile.config.ConfigProvider;

/** Starts the shop; in local mode with the servers it needs, and with a few lines that say where to go first. */
@QuarkusMain
public class Emporium implements QuarkusApplication {

    public static void main(String... args) {
        // Quarkus would answer an address that is no URI itself, bare; so it is web.FrontDoor that does.
        System.setProperty("vertx.disableURIValidation", "true");
        Path arguments = LocalMode.argumentFile();
        if (arguments != null) {
            try {
                new LocalMode(arguments, LocalMode.home(), false, LocalMode.port(), System.out).enter();
            } catch (LocalMode.Refused e) {
                refuse(String.valueOf(e.getMessage()));
            }
        } else {
            ServerPasswords.missing(ConfigProvider.getConfig()).ifPresent(Emporium::refuse);
        }
        Quarkus.run(Emporium.class, args);
    }

    private static void refuse(String line) {
        System.err.println(line);
        // The line above is the answer; the hooks of a half-started Quarkus would only bury it.
        Runtime.getRuntime().halt(1);
    }

    /** Called when everything has started. */
    @Override
    public int run(String... args) throws IOException {
        if (LocalMode.entered()) {
            int port = ConfigProvider.getConfig().getValue("quarkus.http.port", Integer.class);
            LocalLinks.leave(port);
            System.out.println(LocalLinks.welcome(port));
        }
        Quarkus.waitForExit();
        return 0;
    }
}
