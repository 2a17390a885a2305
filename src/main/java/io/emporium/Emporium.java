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
        Path arguments = LocalMode.argumentFile();
        if (arguments != null) {
            try {
                new LocalMode(arguments, LocalMode.home(), false, LocalMode.port(), System.out).enter();
            } catch (LocalMode.Refused e) {
                System.err.println(e.getMessage());
                // The line above is the answer; the hooks of a half-started Quarkus would only bury it.
                Runtime.getRuntime().halt(1);
            }
        }
        Quarkus.run(Emporium.class, args);
    }

    /** Called when everything has started. */
    @Override
    public int run(String... args) throws IOException {
        if (LocalMode.entered()) {
            int port = ConfigProvider.getConfig().getValue("quarkus.http.port", Integer.class);
            LocalMode.leaveLinks(port);
            System.out.println(LocalMode.welcome(port));
        }
        Quarkus.waitForExit();
        return 0;
    }
}
