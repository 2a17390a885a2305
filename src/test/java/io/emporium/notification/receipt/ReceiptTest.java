package io.emporium.notification.receipt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.emporium.Shopper;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The receipt of an order that was really bought: asked for, and in the mail. */
@QuarkusTest
class ReceiptTest {
    @Inject
    EntityManager database;

    @Inject
    Receipts receipts;

    private Shopper shopper;
    private Shopper admin;
    private long product;

    @BeforeEach
    void open() {
        admin = Shopper.admin();
        shopper = Shopper.registered();
        product = admin.createProduct("49.99", 10);
    }

    @Test
    void who_has_paid_gets_a_receipt_and_nobody_else_gets_it() throws IOException {
        long orderId = shopper.paidOrder(product, 2);
        Response answer = receipt(shopper, orderId);
        answer.then()
                .statusCode(200)
                .contentType("application/pdf")
                .header("Cache-Control", "no-store")
                .header("Content-Disposition", "attachment; filename=\"receipt-" + number(orderId) + ".pdf\"");
        String text = text(answer.asByteArray());
        assertThat(text).contains(number(orderId), "USD 49.99", "USD 99.98", "Credit card", "Ada Lovelace");
        assertThat(text).doesNotContain("Refund");
        receipt(admin, orderId).then().statusCode(200);
        receipt(Shopper.registered(), orderId).then().statusCode(404).body("error.code", equalTo("RESOURCE_NOT_FOUND"));
        RestAssured.given()
                .get("/api/v1/orders/" + orderId + "/receipt.pdf")
                .then()
                .statusCode(401);
        receipt(shopper, Long.MAX_VALUE).then().statusCode(404);
    }

    /** Whoever opened the account need not be whom the mail's address belongs to. */
    @Test
    void the_one_in_a_mail_to_an_address_that_is_not_verified_does_not_say_where_the_parcel_went() throws IOException {
        long orderId = shopper.paidOrder(product, 1);
        verified(shopper, false);
        assertThat(text(receipts.forMail(orderId).content()))
                .contains(number(orderId), "The address in your order")
                .doesNotContain("Ada Lovelace", "USA");
        verified(shopper, true);
        assertThat(text(receipts.forMail(orderId).content())).contains("Ada Lovelace");
    }

    private void verified(Shopper who, boolean is) {
        sql("UPDATE users SET email_verified_at = " + (is ? "now()" : "NULL") + " WHERE user_id = " + who.userId);
    }

    @Test
    void what_is_not_paid_has_none() {
        long orderId = shopper.order(product, 1);
        receipt(shopper, orderId)
                .then()
                .statusCode(409)
                .contentType("application/json")
                .body("error.code", equalTo("INVALID_STATUS_TRANSITION"))
                .body("error.details.payment_status", equalTo("pending"));
    }

    @Test
    void what_went_back_stands_on_it() throws IOException {
        long orderId = shopper.paidOrder(product, 2);
        admin.json()
                .body(Map.of("order_id", orderId, "amount", 10.50, "reason", "Product defective"))
                .post("/api/v1/payments/refund")
                .then()
                .statusCode(200);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(text(receipt(shopper, orderId).asByteArray()))
                        .contains("Refunded", "USD -10.50", "Paid less refunds", "USD 89.48"));
    }

    @Test
    void it_is_attached_to_the_mail() {
        long orderId = shopper.paidOrder(product, 1);
        String subject = "Payment Receipt - " + number(orderId);
        String page = ConfigProvider.getConfig().getValue("EMPORIUM_MAIL_PAGE", String.class);
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            List<Map<String, Object>> mails = RestAssured.given()
                    .queryParam("to", shopper.email)
                    .get(page)
                    .jsonPath()
                    .getList("mails");
            Object id = mails.stream()
                    .filter(mail -> subject.equals(mail.get("subject")))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no receipt among " + mails))
                    .get("id");
            List<String> attachments =
                    RestAssured.given().get(page + "/" + id).jsonPath().getList("attachments");
            assertThat(attachments).containsExactly("receipt-" + number(orderId) + ".pdf");
        });
    }

    /** Before V23 rows did not say which order they are about. */
    @Test
    void it_is_attached_to_an_old_mail_too() {
        long orderId = shopper.paidOrder(product, 1);
        String number = number(orderId);
        String theirs = " WHERE type = 'payment_receipt' AND status = 'sent' AND user_id = " + shopper.userId;
        await().atMost(Duration.ofSeconds(60)).until(() -> count("SELECT count(*) FROM deliveries" + theirs) == 1);
        sql("UPDATE deliveries SET about_type = NULL, about_id = NULL, subject = 'Old " + number
                + "', status = 'pending', sent_at = NULL, next_try_at = now()" + theirs);
        String page = ConfigProvider.getConfig().getValue("EMPORIUM_MAIL_PAGE", String.class);
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            List<Integer> ids = RestAssured.given()
                    .queryParam("to", shopper.email)
                    .get(page)
                    .jsonPath()
                    .getList("mails.findAll { it.subject == 'Old " + number + "' }.id");
            assertThat(ids).hasSize(1);
            List<String> attachments = RestAssured.given()
                    .get(page + "/" + ids.getFirst())
                    .jsonPath()
                    .getList("attachments");
            assertThat(attachments).containsExactly("receipt-" + number + ".pdf");
        });
    }

    /** Of as many as would mean that the mail server is away, were it asked. */
    @Test
    void a_mail_whose_receipt_cannot_be_made_is_parked_after_five_tries() {
        long unpaid = shopper.order(product, 1);
        String them = " WHERE type = 'payment_receipt' AND user_id = " + shopper.userId;
        for (int i = 0; i < 3; i++) {
            sql(
                    "INSERT INTO deliveries (user_id, channel, type, event_id, recipient, subject, body_text, about_type, about_id)"
                            + " VALUES (" + shopper.userId + ", 'email', 'payment_receipt', gen_random_uuid(), '"
                            + shopper.email + "', 'x', 'x', 'order', " + unpaid + ")");
        }
        try {
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(300))
                    .until(() -> {
                        sql("UPDATE deliveries SET next_try_at = now()" + them
                                + " AND status = 'pending' AND claimed_at IS NULL");
                        return count("SELECT count(*) FROM deliveries" + them
                                        + " AND status = 'parked' AND attempts = 5 AND last_error LIKE 'no receipt%'")
                                == 3;
                    });
        } finally {
            sql("DELETE FROM deliveries" + them);
        }
    }

    private long count(String query) {
        return QuarkusTransaction.requiringNew()
                .call(() -> ((Number) database.createNativeQuery(query).getSingleResult()).longValue());
    }

    private void sql(String statement) {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(statement).executeUpdate());
    }

    private static Response receipt(Shopper who, long orderId) {
        return who.request().get("/api/v1/orders/" + orderId + "/receipt.pdf");
    }

    private String number(long orderId) {
        return shopper.order(orderId).getString("data.order_number");
    }

    private static String text(byte[] file) throws IOException {
        try (PDDocument document = Loader.loadPDF(file)) {
            return new PDFTextStripper().getText(document);
        }
    }
}
