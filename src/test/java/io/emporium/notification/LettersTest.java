package io.emporium.notification;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emporium.Shopper;
import io.emporium.identity.IdentityEvent.IdentityLinked;
import io.emporium.identity.IdentityEvent.IdentityUnlinked;
import io.emporium.identity.IdentityEvent.RecoveryCodeUsed;
import io.emporium.identity.IdentityEvent.SecondFactorTurnedOff;
import io.emporium.identity.IdentityEvent.SecondFactorTurnedOn;
import io.emporium.inventory.InventoryEvent.StockRanOut;
import io.emporium.inventory.InventoryEvent.StockRunsLow;
import io.emporium.order.OrderEvent.OrderCancelled;
import io.emporium.order.OrderEvent.OrderConfirmed;
import io.emporium.order.OrderEvent.OrderDelivered;
import io.emporium.order.OrderEvent.OrderShipped;
import io.emporium.outbox.DomainEvent;
import io.emporium.outbox.Outbox;
import io.emporium.payment.PaymentEvent.PaymentCompleted;
import io.emporium.payment.PaymentEvent.PaymentFailed;
import io.emporium.payment.PaymentEvent.RefundSucceeded;
import io.emporium.payment.PaymentEvent.TransferAwaited;
import io.emporium.payment.PaymentEvent.TransferDue;
import io.emporium.shared.Money;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Every message as it leaves, for a customer with a plain name and for one whose every field is an attack. What they look like
 * is written to target/letters, of which LetterPictures makes pictures.
 */
@QuarkusTest
class LettersTest {
    private static final Path LETTERS = Path.of("target/letters");
    private static final Money TOTAL = Money.of(new BigDecimal("1334.97"), "USD");
    private static final Instant NOW = Instant.parse("2026-01-15T10:00:00Z");

    private static final String HOSTILE =
            "</td><script>alert(1)</script>\r\nBcc: all@example.com\r\n\r\n<img src=x onerror=alert(2)>"
                    + "\" onmouseover=\"alert(3)\" javascript:alert(4) {subject} &amp; \u202Etxt.exe\u2066 ";
    private static final String ENDLESS = HOSTILE + "x".repeat(4_000);
    private static final Set<String> TYPES = Set.of(
            "order_confirmation",
            "shipping_update",
            "order_delivered",
            "order_cancelled",
            "payment_receipt",
            "payment_failed",
            "refund",
            "transfer_instructions",
            "transfer_reminder",
            "low_stock",
            "sold_out");
    private static final Set<String> HEADERS = Set.of(
            "x-emporium-recipient",
            "received",
            "return-path",
            "message-id",
            "auto-submitted",
            "mime-version",
            "from",
            "to",
            "subject",
            "date",
            "content-type",
            "content-transfer-encoding");

    @Inject
    Outbox outbox;

    @Inject
    EntityManager database;

    private final String email = "letters-" + UUID.randomUUID() + "@example.com";
    private final List<UUID> events = new ArrayList<>();
    private long userId;
    private long orderId;
    private String orderNumber;

    private record Letter(String subject, String text, String html) {}

    @AfterEach
    void clearAway() {
        if (orderId == 0) {
            return;
        }
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(count("SELECT (SELECT count(*) FROM outbox WHERE sent_at IS NULL) + (SELECT"
                                        + " count(*) FROM inbox WHERE status = 'received')"))
                                .isZero());
        sql("DELETE FROM outbox WHERE entity_type IN ('order', 'payment') AND entity_id = " + orderId);
        sql("DELETE FROM transactions WHERE order_id = " + orderId);
        sql("DELETE FROM order_items WHERE order_id = " + orderId);
        sql("DELETE FROM orders WHERE order_id = " + orderId);
    }

    @Test
    void every_message_reads_well() throws IOException {
        order("Ada", "Ada Lovelace", "Brass reading lamp, dimmable", "LAMP-BRASS-01");
        String phone = "+1555%07d".formatted(userId);
        String device = "letters-" + UUID.randomUUID();
        sql("UPDATE users SET phone = '" + phone + "' WHERE user_id = " + userId);
        sql("INSERT INTO devices (user_id, fcm_token) VALUES (" + userId + ", '" + device + "')");
        String reference = "pay_0b9e2f6c41d84f3aa2f4";
        // By the bank: of what our own rules deny no SMS tells.
        sql(
                "INSERT INTO transactions (order_id, user_id, transaction_reference, payment_method, amount, currency, status, decline_code)"
                        + " VALUES (" + orderId + ", " + userId + ", '" + reference
                        + "', 'credit_card', 1334.97, 'USD', 'failed', 'card_declined') ON CONFLICT DO NOTHING");
        Map<String, Letter> letters =
                letters("UPS", "1Z999AA10123456784", "LAMP-BRASS-01", reference, "DE89370400440532013000");

        keep(letters);
        keepOutboxPage(phone, device);
        letters.forEach((type, letter) -> {
            assertThat(letter.html())
                    .as(type)
                    .contains("<html lang=\"en\"", "<title>" + letter.subject() + "</title>", "max-width:600px", "<h1 ")
                    .doesNotContain("NOT_FOUND", "null");
            // What stands in the list of mails beside the subject, and nowhere else.
            String preheader = letter.html().replaceAll("(?s).*<div style=\"display:none[^>]*>([^&]*)&.*", "$1");
            assertThat(preheader).as(type).hasSizeBetween(20, 140);
            assertThat(letter.text()).as(type).contains("Dear ", "--\n").doesNotContain("NOT_FOUND", "null", "<", "{");
            assertThat(letter.text().lines().filter(line -> line.startsWith(" ")))
                    .as(type)
                    .isEmpty();
        });
        assertThat(letters.get("transfer_instructions").text())
                .contains(
                        "Account holder: Emporium Demo Shop",
                        "IBAN: DE89 3704 0044 0532 0130 00",
                        "BIC: COBADEFF",
                        "Amount: USD 1,334.97",
                        "Reference: RF18ORD20260001A1B2C3",
                        "To be here by: 22 January 2026, 10:00 UTC");
        assertThat(letters.get("transfer_reminder").text())
                .contains("until 22 January 2026, 10:00 UTC", "IBAN: DE89 3704");
        assertThat(letters.get("low_stock").text()).contains("Only 3 of LAMP-BRASS-01 are left", "because you run it");
    }

    private static void keep(Map<String, Letter> letters) throws IOException {
        Files.createDirectories(LETTERS);
        for (var letter : letters.entrySet()) {
            Files.writeString(
                    LETTERS.resolve(letter.getKey() + ".html"),
                    letter.getValue().html());
            Files.writeString(
                    LETTERS.resolve(letter.getKey() + ".txt"), letter.getValue().text());
        }
    }

    /** With what went to the telephone: three SMS, and five push messages. */
    private static void keepOutboxPage(String phone, String device) throws IOException {
        String page = ConfigProvider.getConfig().getValue("EMPORIUM_OUTBOX_PAGE", String.class);
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(given().queryParam("to", phone).get(page).jsonPath().getList("messages.text"))
                    .hasSize(3)
                    .anySatisfy(text -> assertThat(text).asString().contains("has been shipped"));
            assertThat(given().queryParam("to", device).get(page).jsonPath().getList("messages.title"))
                    .contains("Order Confirmed", "Order Shipped", "Payment Failed");
        });
        Files.writeString(
                LETTERS.resolve("outbox-page.html"),
                given().accept("text/html").get(page).asString());
    }

    /** Those that no order is behind: as they arrive, for their secrets stand in no row. */
    @Test
    void mails_about_an_account_and_a_campaign_read_well() throws IOException {
        Shopper ada = Shopper.registered();
        given().contentType("application/json")
                .body(Map.of("email", ada.email))
                .post("/api/v1/auth/password/forgot")
                .then()
                .statusCode(200);
        Map<String, Letter> letters = new TreeMap<>();
        // Before the password is changed: afterwards nobody waits for a new one, and the mail would not leave.
        awaitLetters(ada.email, letters, Set.of("verify_email", "password_reset"));
        ada.json()
                .body(Map.of("current_password", Shopper.PASSWORD, "new_password", Shopper.PASSWORD + "0"))
                .put("/api/v1/auth/password")
                .then()
                .statusCode(200);
        publish(new SecondFactorTurnedOn(UUID.randomUUID(), ada.userId, NOW));
        publish(new SecondFactorTurnedOff(UUID.randomUUID(), ada.userId, NOW));
        publish(new RecoveryCodeUsed(UUID.randomUUID(), ada.userId, NOW));
        publish(new IdentityLinked(UUID.randomUUID(), ada.userId, NOW));
        publish(new IdentityUnlinked(UUID.randomUUID(), ada.userId, NOW));
        Set<String> dated = Set.of(
                "second_factor_on", "second_factor_off", "recovery_code_used", "identity_linked", "identity_unlinked");
        awaitLetters(ada.email, letters, Set.of("password_changed"));
        awaitLetters(ada.email, letters, dated);
        for (String type : dated) {
            assertThat(letters.get(type).text()).contains("15 January 2026, 10:00 UTC");
        }
        Shopper admin = Shopper.admin();
        Object campaign = admin.json()
                .body(Map.of(
                        "subject", "Autumn sale: 20 % off lamps",
                        "title", "Everything for autumn, {{first_name}}",
                        "content",
                                "The evenings are getting longer. Until Sunday **all lamps are 20 % off**, and this time that is"
                                        + " desk lamps as well:\n\n- desk lamps, dimmable\n- floor lamps\n- the [brass reading"
                                        + " lamp](https://shop.example/lamps/brass)\n\n> It is the light I read by. *A customer*\n\n"
                                        + "1. Choose a lamp\n2. Enter `AUTUMN`",
                        "cta_text", "To the lamps",
                        "cta_link", "https://shop.example/lamps"))
                .post("/api/v1/campaigns")
                .then()
                .statusCode(201)
                .extract()
                .path("data.campaign_id");
        var promotion = admin.json()
                .post("/api/v1/campaigns/" + campaign + "/preview")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();

        letters.put(
                "promotional",
                new Letter(
                        promotion.getString("data.subject"),
                        promotion.getString("data.text"),
                        promotion.getString("data.html")));
        keep(letters);
        letters.forEach((type, letter) -> {
            assertThat(letter.html())
                    .as(type)
                    .contains("<html lang=\"en\"", "max-width:600px", "<h1 ")
                    .doesNotContain("NOT_FOUND", "null", "\u0001");
            assertThat(letter.text())
                    .as(type)
                    .contains("Dear ", "--\n")
                    .doesNotContain("NOT_FOUND", "null", "<", "{", "\u0001");
        });
        letters.remove("promotional");
        letters.forEach((type, letter) ->
                assertThat(letter.text()).as(type).contains("Dear customer,").doesNotContain("Dear Ada", "Lovelace"));
    }

    private static void awaitLetters(String to, Map<String, Letter> letters, Set<String> wanted) {
        Map<String, String> types = Map.of(
                "Verify your e-mail address", "verify_email",
                "Reset your password", "password_reset",
                "Your password was changed", "password_changed",
                "Signing in takes a second factor now", "second_factor_on",
                "Signing in takes no second factor any more", "second_factor_off",
                "A recovery code of your account was used", "recovery_code_used",
                "You can sign in at another provider now", "identity_linked",
                "Your sign-in at another provider was unlinked", "identity_unlinked");
        String page = ConfigProvider.getConfig().getValue("EMPORIUM_MAIL_PAGE", String.class);
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            for (Object id : given().queryParam("to", to).get(page).jsonPath().getList("mails.id")) {
                var mail = given().get(page + "/" + id).jsonPath();
                String subject = mail.getString("subject");
                letters.put(
                        java.util.Objects.requireNonNull(types.get(subject), subject),
                        new Letter(subject, mail.getString("text").replace("\r\n", "\n"), mail.getString("html")));
            }
            assertThat(letters.keySet()).containsAll(wanted);
        });
    }

    @Test
    void what_a_customer_typed_breaks_out_of_nothing() {
        order(HOSTILE.substring(0, 90), HOSTILE, HOSTILE, HOSTILE.substring(0, 60));
        Map<String, Letter> letters = letters(ENDLESS, ENDLESS, HOSTILE, ENDLESS, HOSTILE);

        letters.forEach((type, letter) -> {
            assertThat(letter.html())
                    .as(type)
                    .doesNotContain("<script", "<img", "&amp;lt;", "&amp;amp;amp;", "\u202E", "\u2066", "x".repeat(301))
                    .contains("&lt;script&gt;");
            assertThat(Pattern.compile("<[^>]*\\son\\w+\\s*=")
                            .matcher(letter.html())
                            .find())
                    .as(type)
                    .isFalse();
            Pattern.compile("<[^>]*\\s(?:href|src|action|background)\\s*=\\s*\"([^\"]*)\"")
                    .matcher(letter.html())
                    .results()
                    .forEach(link -> assertThat(link.group(1)).as(type).startsWith("http"));
            assertThat(letter.text())
                    .as(type)
                    .contains("<script>alert(1)</script> Bcc: all@example.com")
                    .doesNotContain("\r", "\u202E", "\u2066", "x".repeat(301));
            assertThat(letter.text().lines().filter(line -> line.startsWith("Bcc:")))
                    .as(type)
                    .isEmpty();
            assertThat(letter.subject()).as(type).doesNotContain("\r", "\n").hasSizeLessThan(256);
        });
        assertSentWithOurHeadersOnly(letters.size() - 2);
    }

    /** Anybody can open an account with anybody's address, and then whatever they type would stand in that one's mailbox. */
    @Test
    void nothing_that_a_customer_typed_goes_to_an_address_that_may_be_a_strangers() {
        order("Visit-evil.example", "Cheap pills at evil.example", "Brass reading lamp", "LAMP-BRASS-01");
        sql("UPDATE users SET email_verified_at = NULL, last_name = 'Evil.example' WHERE user_id = " + userId);
        sql("UPDATE orders SET ship_to_line1 = 'evil.example/1', ship_to_line2 = 'evil.example/2', ship_to_city ="
                + " 'evil.example', ship_to_state = 'evil.example', ship_to_postal_code = 'evil.example', ship_to_country"
                + " = 'evil.example' WHERE order_id = " + orderId);
        Map<String, Letter> letters = letters(
                "UPS", "1Z999AA10123456784", "LAMP-BRASS-01", "pay_0b9e2f6c41d84f3aa2f4", "DE89370400440532013000");

        letters.keySet().removeAll(Set.of("low_stock", "sold_out"));
        letters.forEach((type, letter) -> assertThat(letter.subject() + letter.text() + letter.html())
                .as(type)
                .contains("Dear customer")
                .doesNotContainIgnoringCase("evil.example"));
        for (String type : List.of("order_confirmation", "shipping_update", "transfer_instructions")) {
            assertThat(letters.get(type).text()).contains("Shipping to:\nThe address in your order");
            assertThat(letters.get(type).html()).contains("The address in your order");
        }
    }

    private void assertSentWithOurHeadersOnly(int howMany) {
        String page = ConfigProvider.getConfig().getValue("EMPORIUM_MAIL_PAGE", String.class);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(given().queryParam("to", email)
                                .get(page)
                                .jsonPath()
                                .getList("mails"))
                        .hasSize(howMany));
        List<Map<String, Object>> mails =
                given().queryParam("to", email).get(page).jsonPath().getList("mails");
        for (Map<String, Object> mail : mails) {
            Map<String, String> headers =
                    given().get(page + "/" + mail.get("id")).jsonPath().getMap("headers");
            Map<String, String> named = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            named.putAll(headers);
            Set<String> names = new TreeSet<>();
            headers.keySet().forEach(name -> names.add(name.toLowerCase(java.util.Locale.ROOT)));
            assertThat(HEADERS).as(headers.toString()).containsAll(names);
            assertThat(named).containsKeys("Message-ID", "Date", "Subject", "From", "To");
            assertThat(named.get("Auto-Submitted")).isEqualTo("auto-generated");
            assertThat(named.get("Message-ID")).matches("<[0-9a-f-]{36}\\.\\d+@[^>]+>");
            assertThat(named.get("To")).contains(email);
        }
    }

    /** A flash sale sells hundreds of products out in a minute; an admin hears of all of them in the shop. */
    @Test
    void admins_get_no_more_than_a_few_mails_about_stock_an_hour() {
        order("Ada", "Ada Lovelace", "Lamp", "LAMP");
        long admin = count("INSERT INTO users (email, password_hash, first_name, last_name, role) VALUES ('" + email
                + ".admin', 'x', 'Adm', 'In', 'admin') RETURNING user_id");
        try {
            for (int i = 0; i < 15; i++) {
                publish(new StockRanOut(UUID.randomUUID(), i + 1, "SKU-" + i, NOW));
                int told = i + 1;
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> count("SELECT count(*) FROM notifications WHERE type = 'sold_out' AND user_id = "
                                        + admin)
                                == told);
            }
            assertThat(count("SELECT count(*) FROM deliveries WHERE user_id = " + admin))
                    .isEqualTo(10);
            assertThat(count(
                            "SELECT count(*) FROM deliveries WHERE body_text LIKE '%More of these came%' AND user_id = "
                                    + admin))
                    .isEqualTo(1);
        } finally {
            sql("UPDATE users SET is_active = false WHERE user_id = " + admin);
        }
    }

    private Map<String, Letter> letters(String carrier, String tracking, String sku, String reference, String iban) {
        Instant due = NOW.plus(7, ChronoUnit.DAYS);
        publish(new OrderConfirmed(UUID.randomUUID(), orderId, userId, orderNumber, TOTAL, NOW));
        publish(new OrderShipped(
                UUID.randomUUID(), orderId, userId, orderNumber, carrier, tracking, LocalDate.of(2026, 1, 20), NOW));
        publish(new OrderDelivered(UUID.randomUUID(), orderId, userId, orderNumber, NOW));
        publish(new OrderCancelled(UUID.randomUUID(), orderId, userId, orderNumber, "expired", NOW));
        publish(new PaymentFailed(
                UUID.randomUUID(),
                orderId,
                userId,
                orderNumber,
                reference,
                "credit_card",
                TOTAL,
                "card_declined",
                NOW));
        publish(new RefundSucceeded(UUID.randomUUID(), orderId, userId, orderNumber, 1, TOTAL, NOW));
        String slip = iban.equals(HOSTILE) ? HOSTILE : "RF18ORD20260001A1B2C3";
        String holder = iban.equals(HOSTILE) ? HOSTILE : "Emporium Demo Shop";
        publish(new TransferAwaited(
                UUID.randomUUID(),
                orderId,
                userId,
                orderNumber,
                reference,
                TOTAL,
                holder,
                iban,
                "COBADEFF",
                slip,
                due,
                NOW));
        publish(new TransferDue(
                UUID.randomUUID(), orderId, userId, orderNumber, reference, TOTAL, holder, iban, null, slip, due, NOW));
        publish(new StockRunsLow(UUID.randomUUID(), 1, sku, 3, 5, NOW));
        publish(new StockRanOut(UUID.randomUUID(), 1, sku, NOW));
        // After the cancellation, which would give it back.
        sql(
                "INSERT INTO transactions (order_id, user_id, transaction_reference, transaction_type, payment_method, amount,"
                        + " currency, status) VALUES (" + orderId + ", " + userId + ", 'pay_" + orderNumber
                        + "', 'payment', 'credit_card', 1334.97, 'USD', 'completed')");
        publish(new PaymentCompleted(
                UUID.randomUUID(), orderId, userId, orderNumber, reference, "credit_card", TOTAL, NOW));

        Map<String, Letter> letters = new TreeMap<>();
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            rows().forEach(row -> letters.putIfAbsent(
                    (String) row[0], new Letter((String) row[1], (String) row[2], (String) row[3])));
            assertThat(letters.keySet()).isEqualTo(TYPES);
        });
        return letters;
    }

    private List<Object[]> rows() {
        return QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery(
                                "SELECT type, subject, body_text, body_html FROM deliveries WHERE channel = 'email' AND event_id IN (:events)",
                                Object[].class)
                        .setParameter("events", events)
                        .getResultList());
    }

    private void publish(DomainEvent event) {
        events.add(event.id());
        QuarkusTransaction.requiringNew().run(() -> outbox.append(event));
    }

    private void order(String firstName, String shipTo, String product, String sku) {
        // Those who were mailed before count too.
        sql("DELETE FROM deliveries WHERE type IN ('low_stock', 'sold_out')");
        userId = insert(
                "INSERT INTO users (email, password_hash, first_name, last_name, email_verified_at) VALUES (:a, 'x', :b, 'Lovelace', now()) RETURNING user_id",
                email,
                firstName);
        orderNumber = "ORD-2026-" + userId + "7";
        orderId = insert(
                """
                INSERT INTO orders (user_id, order_number, status, payment_method, payment_status, total_amount, currency,
                    ship_to_name, ship_to_line1, ship_to_city, ship_to_state, ship_to_postal_code, ship_to_country, expires_at)
                VALUES (
                """ + userId + ", '" + orderNumber + """
                ', 'pending', 'bank_transfer', 'pending_verification', 1334.97, 'USD',
                    left(:a, 200), left(:b, 200), 'Springfield', 'IL', '62701', 'USA', now() + interval '7 days') RETURNING order_id
                """, shipTo, shipTo.equals(HOSTILE) ? HOSTILE : "1 Main Street");
        line(product(), product, sku, 1, "1299.99", "1299.99");
        line(product(), "Light bulb E27, warm white", "BULB-E27", 2, "17.49", "34.98");
    }

    private long product() {
        return insert(
                "INSERT INTO products (name, price, category, sku) VALUES (:a, 1299.99, 'Lamps', :b) RETURNING product_id",
                "Lamp",
                UUID.randomUUID().toString());
    }

    private void line(long productId, String name, String sku, int quantity, String price, String subtotal) {
        insert(
                "INSERT INTO order_items (order_id, product_id, product_name, sku, quantity, price, subtotal) VALUES ("
                        + orderId
                        + ", " + productId + ", left(:a, 255), left(:b, 100), " + quantity + ", " + price + ", "
                        + subtotal
                        + ") RETURNING order_item_id",
                name,
                sku);
    }

    private long insert(String statement, String a, String b) {
        return QuarkusTransaction.requiringNew()
                .call(() -> ((Number) database.createNativeQuery(statement)
                                .setParameter("a", a)
                                .setParameter("b", b)
                                .getSingleResult())
                        .longValue());
    }

    private long count(String query) {
        return QuarkusTransaction.requiringNew()
                .call(() -> ((Number) database.createNativeQuery(query).getSingleResult()).longValue());
    }

    private void sql(String statement) {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(statement).executeUpdate());
    }
}
