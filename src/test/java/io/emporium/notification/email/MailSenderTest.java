package io.emporium.notification.email;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emporium.SelfMadeKeys;
import io.emporium.Shopper;
import io.emporium.notification.delivery.Channel;
import io.emporium.notification.delivery.Deliveries;
import io.emporium.notification.delivery.Delivery;
import io.emporium.notification.delivery.Message;
import io.emporium.notification.delivery.Purpose;
import io.emporium.notification.delivery.Sending;
import io.quarkus.mailer.SentMail;
import io.quarkus.mailer.runtime.MailerRuntimeConfig;
import io.quarkus.mailer.runtime.Mailers;
import io.quarkus.mailer.runtime.MailersRuntimeConfig;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a mail server's answers mean for a mail, and that one which does not answer stops no other mail. */
@QuarkusTest
class MailSenderTest {
    private static final String ADA = "ada.lovelace@example.com";

    @Inject
    Vertx vertx;

    @Inject
    io.vertx.mutiny.core.Vertx mutinyVertx;

    @Inject
    MailersRuntimeConfig settings;

    @Inject
    TlsConfigurationRegistry tls;

    @Inject
    Event<SentMail> sent;

    @Inject
    Deliveries outbox;

    private SmtpServer server;
    private Couriers couriers;
    private MailSender sender;

    @BeforeEach
    void open() throws IOException {
        server = new SmtpServer();
        couriers = new Couriers(vertx, mutinyVertx, to(server.port(), Map.of()), tls, sent, Duration.ofSeconds(2));
        sender = new MailSender(
                couriers, new MailServer("127.0.0.1", server.port(), null), null, null, "Shop <shop@shop.example>");
    }

    @AfterEach
    void close() throws IOException {
        couriers.close();
        server.close();
    }

    @Test
    void a_mail_server_that_hangs_keeps_no_place_and_gets_no_mail_later() throws Exception {
        server.hangs(true);
        for (int round = 0; round < 3; round++) {
            assertThat(tenAtOnce())
                    .allSatisfy(outcome -> assertThat(outcome)
                            .isInstanceOfSatisfying(
                                    Sending.Failed.class,
                                    failed -> assertThat(failed.reason()).contains("no answer within 2 s")));
        }

        server.hangs(false);
        long begun = System.nanoTime();
        assertThat(tenAtOnce()).allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Sending.Sent.class));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
        // Those who hung were cut off before they had said what was in the mail.
        assertThat(server.taken()).isEqualTo(10);
        server.goesOn();
        Thread.sleep(500);
        assertThat(server.taken()).isEqualTo(10);
        assertThat(server.clients()).isLessThanOrEqualTo(10);
    }

    @Test
    void of_what_is_no_address_nobody_is_asked() {
        for (String none : List.of("ada", "", "a b@example.com", "ada@example.com\r\nBcc: eve@example.com")) {
            assertThat(sender.send(to(none, "Hello"))).as(none).isInstanceOf(Sending.Unready.class);
        }
        assertThat(server.connections()).isZero();
    }

    @Test
    void a_connection_is_kept_for_the_next_mail() {
        for (int i = 0; i < 3; i++) {
            assertThat(sender.send(mail())).isInstanceOf(Sending.Sent.class);
        }
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void not_now_is_not_never_and_names_nobody() {
        server.answers("RCPT", "451 4.7.1 <" + ADA + ">: greylisted, ask for <help@mx.example>");
        assertThat(sender.send(mail())).isInstanceOfSatisfying(Sending.Deferred.class, deferred -> {
            assertThat(deferred.kind()).isEqualTo("451 4.7.1");
            assertThat(deferred.reason()).contains("greylisted").doesNotContain(ADA, "help@");
        });
    }

    @Test
    void only_what_is_said_of_the_mailbox_is_a_bounce() {
        server.answers("RCPT", "550 5.1.1 " + ADA + " unknown");
        assertThat(sender.send(mail()))
                .isInstanceOfSatisfying(
                        Sending.Bounced.class,
                        bounced -> assertThat(bounced.reason())
                                .contains("5.1.1", "unknown")
                                .doesNotContain(ADA));
        for (String ours : List.of("550 5.1.0 rejected", "550 5.4.4 no route", "550 5.7.1 blocked", "550 no")) {
            server.answers("RCPT", ours);
            assertThat(sender.send(mail())).as(ours).isInstanceOf(Sending.Refused.class);
        }
        server.answers("RCPT", "250 ok");
        server.answers("MAIL", "550 5.1.1 who are you");
        assertThat(sender.send(mail())).isInstanceOf(Sending.Refused.class);
    }

    static List<String> subjects() {
        return List.of(
                "Order Confirmed",
                "Your order 🛒 is on its way 🎉",
                "आपका ऑर्डर भेज दिया गया है",
                "您的订单已发货：台灯（可调光）",
                // Of one, two, three and four bytes, so that a word would end within a character.
                "aß中🛒".repeat(40),
                "क्षि👨‍👩‍👧".repeat(12),
                "a long line of plain letters ".repeat(8).strip(),
                "=?UTF-8?B?SGk=?= is what I typed",
                "=?x?= ? _ \\ \"quoted\" <a@example.com>");
    }

    /** Decoded strictly, each word by itself (RFC 2047 5.3): half a character at its end is an error. */
    @ParameterizedTest
    @MethodSource("subjects")
    void a_subject_in_any_script_arrives_as_it_was_written(String subject) throws Exception {
        assertThat(sender.send(mail(subject))).isInstanceOf(Sending.Sent.class);
        List<String> header = subjectOf(server.text());
        assertThat(decoded(String.join("", header))).isEqualTo("Subject: " + subject);
        assertThat(header)
                .filteredOn(line -> line.contains("=?"))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(76));
    }

    /** There jakarta.mail reads it, as mail clients do. */
    @Test
    void and_the_outbox_page_shows_it() {
        Shopper ada = Shopper.registered();
        QuarkusTransaction.requiringNew()
                .run(() -> subjects()
                        .forEach(subject -> outbox.add(new Message(
                                Channel.EMAIL,
                                Purpose.ACCOUNT,
                                ada.userId,
                                UUID.randomUUID(),
                                "test",
                                ada.email,
                                subject,
                                "Hello",
                                null,
                                null,
                                null))));
        String page = ConfigProvider.getConfig().getValue("EMPORIUM_MAIL_PAGE", String.class);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(given().queryParam("to", ada.email)
                                .get(page)
                                .jsonPath()
                                .<String>getList("mails.subject"))
                        .containsAll(subjects()));
        String html = given().queryParam("to", ada.email)
                .accept("text/html")
                .get(page)
                .then()
                .contentType("text/html")
                .extract()
                .asString();
        assertThat(html)
                .contains(subjects().stream()
                        .map(subject -> ">" + subject.replace("<", "&lt;").replace("\"", "&quot;") + "</a>")
                        .toList());
    }

    private static List<String> subjectOf(List<String> mail) {
        List<String> header = new ArrayList<>();
        for (String line : mail) {
            boolean isFolded = line.startsWith(" ") || line.startsWith("\t");
            if (!header.isEmpty() && !isFolded) {
                return header;
            }
            if (line.startsWith("Subject:") || !header.isEmpty()) {
                header.add(line);
            }
        }
        return header;
    }

    private static String decoded(String header) throws CharacterCodingException {
        // The space between two words is none of the text.
        Matcher words = Pattern.compile("=\\?UTF-8\\?B\\?([A-Za-z0-9+/]+=*)\\?=")
                .matcher(header.replaceAll("(\\?=)\\s+(=\\?)", "$1$2"));
        var text = new StringBuilder();
        while (words.find()) {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(words.group(1)));
            String word = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
            words.appendReplacement(text, Matcher.quoteReplacement(word));
        }
        return words.appendTail(text).toString();
    }

    /** Asked from another thread than its own, a courier waited for a connection that was about to end: one mail in some hundreds. */
    @Test
    void a_mail_after_a_refused_one_does_not_wait_for_the_end_of_a_connection() {
        server.answers("RCPT", "550 5.7.1 blocked");
        for (int i = 0; i < 300; i++) {
            assertThat(sender.send(mail())).as("mail %d", i).isInstanceOf(Sending.Refused.class);
        }
    }

    /** Nor does a courier miss one that comes before it listens, which was one in some hundreds too. */
    @Test
    void a_greeting_that_comes_at_once_is_heard() {
        for (int i = 0; i < 300; i++) {
            couriers = new Couriers(vertx, mutinyVertx, to(server.port(), Map.of()), tls, sent, Duration.ofSeconds(2));
            sender = new MailSender(
                    couriers, new MailServer("127.0.0.1", server.port(), null), null, null, "Shop <shop@shop.example>");
            assertThat(sender.send(mail())).as("mail %d", i).isInstanceOf(Sending.Sent.class);
            couriers.close();
        }
        couriers = new Couriers(vertx, mutinyVertx, to(server.port(), Map.of()), tls, sent, Duration.ofSeconds(2));
    }

    /** As on port 465. Whose certificate is not trusted is nobody. */
    @Test
    void a_server_that_speaks_tls_from_the_first_byte_takes_mails_and_greets(@TempDir Path folder) throws Exception {
        SSLContext own = selfMade(folder);
        try (var secure = new SmtpServer(
                own.getServerSocketFactory().createServerSocket(0, 100, InetAddress.getByName("127.0.0.1")))) {
            var greeted = new MailServer("127.0.0.1", secure.port(), own.getSocketFactory());
            assertThat(greeted.greets()).isTrue();
            assertThat(new MailServer("127.0.0.1", secure.port(), (SSLSocketFactory) SSLSocketFactory.getDefault())
                            .greets())
                    .isFalse();
            assertThat(new MailServer("localhost", secure.port(), own.getSocketFactory()).greets())
                    .as("of another name")
                    .isFalse();
            assertThat(over(Map.of("tls", Optional.of(true), "trustAll", Optional.of(true)), secure, greeted))
                    .isInstanceOf(Sending.Sent.class);
            assertThat(secure.taken()).isEqualTo(1);
            assertThat(over(
                            Map.of("tls", Optional.of(true)),
                            secure,
                            new MailServer(
                                    "127.0.0.1", secure.port(), (SSLSocketFactory) SSLSocketFactory.getDefault())))
                    .isInstanceOf(Sending.Away.class);
            assertThat(secure.taken()).isEqualTo(1);
        }
    }

    private Sending over(Map<String, Object> how, SmtpServer to, MailServer greeted) {
        var trusting = new Couriers(vertx, mutinyVertx, to(to.port(), how), tls, sent, Duration.ofSeconds(5));
        try {
            return new MailSender(trusting, greeted, null, null, "Shop <shop@shop.example>").send(mail());
        } finally {
            trusting.close();
        }
    }

    private static SSLContext selfMade(Path folder) throws Exception {
        KeyStore keys = SelfMadeKeys.in(folder.resolve("own.p12"), "mail", "-ext", "san=ip:127.0.0.1");
        KeyManagerFactory ours = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        ours.init(keys, SelfMadeKeys.password());
        KeyStore known = KeyStore.getInstance("PKCS12");
        known.load(null, null);
        known.setCertificateEntry(SelfMadeKeys.ALIAS, keys.getCertificate(SelfMadeKeys.ALIAS));
        TrustManagerFactory trusts = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusts.init(known);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(ours.getKeyManagers(), trusts.getTrustManagers(), null);
        return context;
    }

    @Test
    void no_way_out_of_the_house_is_in_the_clear_unless_that_is_said() {
        for (String host : List.of(
                "localhost",
                "mail",
                "127.0.0.1",
                "::1",
                "relay.mail.svc",
                "relay.mail.svc.cluster.local",
                "10.1.2.3",
                "172.20.0.5")) {
            assertThat(MailServer.isReadOnTheWay(host, "OPTIONAL")).as(host).isFalse();
        }
        for (String host : List.of(
                "smtp.mail.example", "203.0.113.7", "172.32.0.1", "10.example.com", "svc.example", "2001:db8::1")) {
            assertThat(MailServer.isReadOnTheWay(host, "optional")).as(host).isTrue();
            assertThat(MailServer.isReadOnTheWay(host, "REQUIRED")).as(host).isFalse();
            assertThat(MailServer.isReadOnTheWay(host, "DISABLED")).as(host).isFalse();
        }
    }

    private List<Sending> tenAtOnce() throws Exception {
        try (ExecutorService hands = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Sending>> all = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                all.add(() -> sender.send(mail()));
            }
            List<Sending> outcomes = new ArrayList<>();
            for (Future<Sending> one : hands.invokeAll(all)) {
                outcomes.add(one.get());
            }
            return outcomes;
        }
    }

    private static Delivery mail() {
        return mail("Hello");
    }

    private static Delivery mail(String subject) {
        return to(ADA, subject);
    }

    private static Delivery to(String recipient, String subject) {
        return new Delivery(
                1,
                Channel.EMAIL,
                Purpose.ORDER,
                1L,
                UUID.randomUUID(),
                "test",
                recipient,
                subject,
                "Hello",
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** The mailer's settings with another server. */
    private MailersRuntimeConfig to(int port, Map<String, Object> otherwise) {
        MailerRuntimeConfig set = settings.mailers().get(Mailers.DEFAULT_MAILER_NAME);
        var other = (MailerRuntimeConfig) Proxy.newProxyInstance(
                MailerRuntimeConfig.class.getClassLoader(),
                new Class<?>[] {MailerRuntimeConfig.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "host" -> "127.0.0.1";
                    case "port" -> OptionalInt.of(port);
                    default ->
                        otherwise.containsKey(method.getName())
                                ? otherwise.get(method.getName())
                                : method.invoke(set, arguments);
                });
        return () -> Map.of(Mailers.DEFAULT_MAILER_NAME, other);
    }
}
