package io.emporium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

/** TLS by the shop itself: no version that is broken. */
@QuarkusTest
@TestProfile(OwnTlsTest.WithTls.class)
class OwnTlsTest {
    private static final Path FOLDER = Path.of("target", "tls-test");
    private static final Path CERTIFICATE = FOLDER.resolve("current").resolve("tls.crt");
    private static final String PORT = "quarkus.http.test-ssl-port";
    private static final Path KEY = FOLDER.resolve("current").resolve("tls.key");

    /** As OwnTls sets it, but looked at more often; and plain HTTP stays, for the test itself. */
    public static class WithTls implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            selfMade("first.example");
            Map<String, String> settings =
                    new HashMap<>(OwnTls.settings(given(CERTIFICATE.toString(), KEY.toString())));
            settings.put(OwnTls.LOOKED_AT, "1s");
            settings.put("quarkus.http.insecure-requests", "enabled");
            settings.put(PORT, Integer.toString(FreePort.next()));
            return settings;
        }
    }

    @Test
    void both_versions_that_are_safe_are_spoken() throws Exception {
        assertThat(shown("TLSv1.3")).isEqualTo("CN=first.example");
        assertThat(shown("TLSv1.2")).isEqualTo("CN=first.example");
    }

    @Test
    void what_is_older_than_tls_1_2_is_refused() throws Exception {
        // A greeting of TLS 1.1 (03 02), by hand: Java's own client would not send it any more.
        byte[] hello =
                HexFormat.of().parseHex("16030200" + "330100002f0302" + "0".repeat(64) + "000008c013c014002f00350100");
        try (Socket client = new Socket("127.0.0.1", port())) {
            client.setSoTimeout(10_000);
            client.getOutputStream().write(hello);
            byte[] answer = client.getInputStream().readNBytes(7);
            // An alert, fatal: protocol_version.
            assertThat(answer[0]).isEqualTo((byte) 21);
            assertThat(answer[5]).isEqualTo((byte) 2);
            assertThat(answer[6]).isEqualTo((byte) 70);
        }
    }

    @Test
    void over_tls_browsers_are_told_to_stay_with_it() throws Exception {
        try (SSLSocket client = connected("TLSv1.3")) {
            client.getOutputStream()
                    .write("GET /api/v1/categories HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200")
                    .containsIgnoringCase("strict-transport-security: max-age=31536000");
        }
    }

    @Test
    void another_certificate_is_shown_to_whoever_comes_and_who_is_there_stays() throws Exception {
        try (SSLSocket before = connected("TLSv1.3")) {
            assertThat(asked(before)).startsWith("HTTP/1.1 404");
            selfMade("second.example");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    // Who comes in the very moment of the change is hung up on, and comes again.
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .untilAsserted(() -> assertThat(shown("TLSv1.3")).isEqualTo("CN=second.example"));
            assertThat(asked(before)).startsWith("HTTP/1.1 404");
        } finally {
            selfMade("first.example");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    // Who comes in the very moment of the change is hung up on, and comes again.
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .untilAsserted(() -> assertThat(shown("TLSv1.2")).isEqualTo("CN=first.example"));
        }
    }

    /** What comes back on a connection that stays open: the first of it, which has the status. */
    private static String asked(SSLSocket client) throws IOException {
        client.getOutputStream()
                .write("GET /api/v1/nowhere HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = client.getInputStream().read();
            assertThat(next).as("hung up on").isNotNegative();
            head.append((char) next);
        }
        var announced = Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
        assertThat(announced.find()).isTrue();
        int length = Integer.parseInt(announced.group(1));
        assertThat(client.getInputStream().readNBytes(length)).hasSize(length).isNotEmpty();
        return head.toString();
    }

    @Test
    void half_of_it_stops_the_start_and_plain_http_is_over() {
        assertThat(OwnTls.settings(given("", ""))).isEmpty();
        assertThatThrownBy(() -> OwnTls.settings(given(CERTIFICATE.toString(), "")))
                .hasMessage("set both TLS_CERTIFICATE_FILE and TLS_PRIVATE_KEY_FILE, or none of them");
        assertThatThrownBy(() -> OwnTls.settings(given(CERTIFICATE.toString(), "/nothing/here")))
                .hasMessage("TLS_PRIVATE_KEY_FILE cannot be read: /nothing/here");
        assertThat(OwnTls.settings(given(CERTIFICATE.toString(), KEY.toString())))
                .containsEntry("quarkus.http.insecure-requests", "disabled")
                .containsEntry("quarkus.tls.shop.protocols", "TLSv1.3,TLSv1.2");
    }

    private static Config given(String certificate, String key) {
        return new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(
                        Map.of("TLS_CERTIFICATE_FILE", certificate, "TLS_PRIVATE_KEY_FILE", key), "test", 100))
                .build();
    }

    private static int port() {
        return ConfigProvider.getConfig().getValue(PORT, Integer.class);
    }

    private static String shown(String version) throws Exception {
        try (SSLSocket client = connected(version)) {
            return ((X509Certificate) client.getSession().getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName();
        }
    }

    private static SSLSocket connected(String version) throws GeneralSecurityException, IOException {
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, new TrustManager[] {new Trusting()}, null);
        SSLSocket client = (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", port());
        client.setSoTimeout(10_000);
        client.setEnabledProtocols(new String[] {version});
        client.startHandshake();
        assertThat(client.getSession().getProtocol()).isEqualTo(version);
        return client;
    }

    /** A certificate by nobody, and its key, in PEM; put where they are looked for in one move. */
    private static void selfMade(String name) {
        try {
            Files.createDirectories(FOLDER);
            KeyStore keys = SelfMadeKeys.in(FOLDER.resolve(name + ".p12"), name);
            Path pair = Files.createDirectories(FOLDER.resolve(name));
            put(
                    pair.resolve("tls.key"),
                    "PRIVATE KEY",
                    keys.getKey(SelfMadeKeys.ALIAS, SelfMadeKeys.password()).getEncoded());
            put(
                    pair.resolve("tls.crt"),
                    "CERTIFICATE",
                    keys.getCertificate(SelfMadeKeys.ALIAS).getEncoded());
            // Both at once, as Kubernetes does it with a Secret.
            Path link = FOLDER.resolve("next");
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, pair.toAbsolutePath());
            Files.move(
                    link,
                    FOLDER.resolve("current"),
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        } catch (GeneralSecurityException | InterruptedException fault) {
            throw new IllegalStateException(fault);
        }
    }

    private static void put(Path file, String what, byte[] content) throws IOException {
        Files.writeString(
                file,
                "-----BEGIN " + what + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + what
                        + "-----\n");
    }

    private static final class Trusting implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
