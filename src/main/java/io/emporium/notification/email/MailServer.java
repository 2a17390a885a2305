package io.emporium.notification.email;

import io.emporium.web.Production;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Whether there is a mail server at all, apart from any mail; and whether it may be spoken to as it is set. */
@Singleton
public class MailServer {
    private static final int MILLIS = 800;
    private static final String IF_OFFERED = "OPTIONAL";
    /** This machine, a neighbour of one word (of a compose file, or in a namespace), a service of the cluster, a private IPv4 address. */
    private static final Pattern OURS =
            Pattern.compile("[^.:]+|.+\\.(svc|svc\\.cluster\\.local|localhost)|127\\.[0-9.]+|\\[?::1]?"
                    + "|10\\.[0-9.]+|192\\.168\\.[0-9.]+|172\\.(1[6-9]|2[0-9]|3[01])\\.[0-9.]+");

    private final String host;
    private final int port;
    private final @Nullable SSLSocketFactory tls;

    /**
     * @param isTls whether it speaks TLS from the first byte
     * @param trust whom the mailer trusts, where that is not whom Java does
     */
    @Inject
    MailServer(
            @ConfigProperty(name = "quarkus.mailer.host") String host,
            @ConfigProperty(name = "quarkus.mailer.port") int port,
            @ConfigProperty(name = "quarkus.mailer.tls") boolean isTls,
            @ConfigProperty(name = "quarkus.mailer.tls-configuration-name") Optional<String> trust,
            TlsConfigurationRegistry trusts)
            throws Exception {
        this(host, port, isTls ? sockets(trust.flatMap(trusts::get)) : null);
    }

    MailServer(String host, int port, @Nullable SSLSocketFactory tls) {
        this.host = host;
        this.port = port;
        this.tls = tls;
    }

    private static SSLSocketFactory sockets(Optional<TlsConfiguration> trust) throws Exception {
        return trust.isPresent()
                ? trust.get().createSSLContext().getSocketFactory()
                : (SSLSocketFactory) SSLSocketFactory.getDefault();
    }

    void check(
            @Observes @Priority(Production.CHECKED_FIRST) StartupEvent start,
            @ConfigProperty(name = "quarkus.mailer.start-tls") String startTls) {
        if (tls == null && isReadOnTheWay(host, startTls)) {
            Production.refuse("set SMTP_STARTTLS=REQUIRED, or SMTP_TLS=true where " + host
                    + " speaks TLS from the first byte (port 465): OPTIONAL goes on in the clear, password and all, where somebody on the"
                    + " way wants it to; DISABLED does so always");
        }
    }

    /** Whether somebody between us and the server can have all of it in the clear, though nobody has said that they may. */
    static boolean isReadOnTheWay(String host, String startTls) {
        return startTls.equalsIgnoreCase(IF_OFFERED) && !OURS.matcher(host).matches();
    }

    /** @throws IOException if it does not greet us ("220") within a second or so */
    public void greet() throws IOException {
        try (Socket line = new Socket()) {
            line.connect(new InetSocketAddress(host, port), MILLIS);
            line.setSoTimeout(MILLIS);
            if (tls == null) {
                greet(line);
            } else {
                try (SSLSocket secure = (SSLSocket) tls.createSocket(line, host, port, true)) {
                    SSLParameters asked = secure.getSSLParameters();
                    asked.setEndpointIdentificationAlgorithm("HTTPS");
                    secure.setSSLParameters(asked);
                    greet(secure);
                }
            }
        }
    }

    private static void greet(Socket line) throws IOException {
        if (line.getInputStream().read() != '2') {
            throw new IOException("no mail server");
        }
        line.getOutputStream().write(new byte[] {'Q', 'U', 'I', 'T', '\r', '\n'});
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
