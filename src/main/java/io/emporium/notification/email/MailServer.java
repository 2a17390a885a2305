package io.emporium.notification.email;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Whether there is a mail server at all, apart from any mail. */
@Singleton
public class MailServer {
    private static final int MILLIS = 800;

    private final String host;
    private final int port;

    MailServer(
            @ConfigProperty(name = "quarkus.mailer.host") String host,
            @ConfigProperty(name = "quarkus.mailer.port") int port) {
        this.host = host;
        this.port = port;
    }

    /** @throws IOException if it does not greet us ("220") within a second or so */
    public void greet() throws IOException {
        try (Socket server = new Socket()) {
            server.connect(new InetSocketAddress(host, port), MILLIS);
            server.setSoTimeout(MILLIS);
            if (server.getInputStream().read() != '2') {
                throw new IOException("no mail server");
            }
            server.getOutputStream().write(new byte[] {'Q', 'U', 'I', 'T', '\r', '\n'});
        }
    }

    boolean greets() {
        try {
            greet();
            return true;
        } catch (IOException away) {
            return false;
        }
    }
}
