package io.emporium;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Promise 9: a purchase from registration to payment while all that is not the database is away. */
@QuarkusTest
class SellingGoesOnTest {
    private static final List<LocalServerSwitch> AWAY = List.of(
            new LocalServerSwitch("redis"),
            new LocalServerSwitch("rabbitmq"),
            new LocalServerSwitch("search"),
            new LocalServerSwitch("smtp"));

    @Inject
    Invariants invariants;

    @AfterEach
    void everything_is_back_and_as_promised() {
        AWAY.forEach(LocalServerSwitch::start);
        invariants.hold();
    }

    @Test
    void a_purchase_without_broker_cache_search_and_mail_is_told_of_when_they_are_back() {
        Shopper admin = Shopper.admin();
        AWAY.forEach(LocalServerSwitch::stop);

        long product = admin.createProduct("49.99", 3);
        Shopper ada = Shopper.registered();
        given().get("/api/v1/products/search?q=wireless mouse")
                .then()
                .statusCode(200)
                .header("X-Search-Backend", equalTo("postgresql"))
                .body("data.products.product_id", hasItem((int) product));
        long orderId = ada.paidOrder(product, 1);

        assertThat(ada.order(orderId).getString("data.status")).isEqualTo("confirmed");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> Management.asked().get("/q/health/ready").then().statusCode(200));
        assertThat(ada.request().get("/api/v1/notifications").jsonPath().getList("data.notifications"))
                .isEmpty();
        assertThat(admin.request().get("/api/v1/admin/outbox").jsonPath().getLong("data.unsent"))
                .isPositive();

        AWAY.forEach(LocalServerSwitch::start);

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(ada.request()
                                .get("/api/v1/notifications")
                                .jsonPath()
                                .getList("data.notifications.type"))
                        .contains("order_confirmation", "payment_receipt"));
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(mailsTo(ada))
                        .extracting(mail -> String.valueOf(mail.get("subject")))
                        .anyMatch(subject -> subject.startsWith("Order Confirmation"))
                        .anyMatch(subject -> subject.startsWith("Payment Receipt")));
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> given().get("/api/v1/products/search?q=wireless mouse&category=test")
                        .then()
                        .statusCode(200)
                        .header("X-Search-Backend", equalTo("elasticsearch")));
    }

    private static List<Map<String, Object>> mailsTo(Shopper shopper) {
        String page = ConfigProvider.getConfig().getValue("EMPORIUM_MAIL_PAGE", String.class);
        return given().queryParam("to", shopper.email).get(page).jsonPath().getList("mails");
    }
}
