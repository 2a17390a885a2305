package io.emporium;

import static io.restassured.RestAssured.given;

import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.math.BigDecimal;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.config.ConfigProvider;

/** Somebody who uses the shop through its door: registered, signed in, with an address. */
public final class Shopper {
    public static final String PASSWORD = "Horse-Battery-Staple-9";

    private static final AtomicInteger NUMBER = new AtomicInteger();

    public final String email;
    public final long userId;
    public final String token;
    public final String refreshToken;
    private long addressId;

    private Shopper(String email, long userId, String token, String refreshToken) {
        this.email = email;
        this.userId = userId;
        this.token = token;
        this.refreshToken = refreshToken;
    }

    /** A new customer with an address. */
    public static Shopper registered() {
        String email = "shopper-" + NUMBER.incrementAndGet() + "-" + UUID.randomUUID() + "@example.com";
        given().contentType(ContentType.JSON)
                .body(Map.of("email", email, "password", PASSWORD, "first_name", "Ada", "last_name", "Lovelace"))
                .post("/api/v1/auth/register")
                .then()
                .statusCode(201);
        Shopper shopper = signedIn(email, PASSWORD);
        shopper.addressId = shopper.json()
                .body(Map.of(
                        "address_line1", "123 Main St",
                        "city", "New York",
                        "state", "NY",
                        "postal_code", "10001",
                        "country", "USA"))
                .post("/api/v1/addresses")
                .then()
                .statusCode(201)
                .extract()
                .jsonPath()
                .getLong("data.address_id");
        return shopper;
    }

    /** Somebody who was signed in past the door. */
    public static Shopper known(String email, long userId, String token, long addressId) {
        Shopper shopper = new Shopper(email, userId, token, "");
        shopper.addressId = addressId;
        return shopper;
    }

    /** The first admin, from the configuration. */
    public static Shopper admin() {
        return signedIn(ConfigProvider.getConfig().getValue("ADMIN_EMAIL", String.class), adminPassword());
    }

    /** Theirs, who must now and then show that it is they. */
    public static String adminPassword() {
        return ConfigProvider.getConfig().getValue("ADMIN_PASSWORD", String.class);
    }

    public static Shopper signedIn(String email, String password) {
        JsonPath login = given().contentType(ContentType.JSON)
                .body(Map.of("email", email, "password", password))
                .post("/api/v1/auth/login")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        return new Shopper(
                email,
                login.getLong("data.user.user_id"),
                login.getString("data.token"),
                login.getString("data.refresh_token"));
    }

    public long addressId() {
        return addressId;
    }

    /** A request of theirs. */
    public RequestSpecification request() {
        return given().auth().oauth2(token);
    }

    /** A request of theirs with a JSON body. */
    public RequestSpecification json() {
        return request().contentType(ContentType.JSON);
    }

    /** As an admin: a new product with so many in stock; its id. */
    public long createProduct(String price, int stock) {
        return json().body(Map.of(
                        "name",
                        "Wireless Mouse",
                        "description",
                        "Ergonomic wireless mouse",
                        "price",
                        new BigDecimal(price),
                        "category",
                        "test",
                        "sku",
                        "TEST-" + UUID.randomUUID(),
                        "stock_quantity",
                        stock))
                .post("/api/v1/products")
                .then()
                .statusCode(201)
                .extract()
                .jsonPath()
                .getLong("data.product_id");
    }

    public Response putIntoCart(long productId, int quantity) {
        return json().body(Map.of("product_id", productId, "quantity", quantity))
                .post("/api/v1/cart/items");
    }

    /** Checks out with a card as payment method. */
    public Response checkOut() {
        return checkOut("credit_card");
    }

    public Response checkOut(String paymentMethod) {
        return json().body(Map.of("shipping_address_id", addressId, "payment_method", paymentMethod))
                .post("/api/v1/orders");
    }

    /** A pending order of so many of a product, to be paid by card; its id. */
    public long order(long productId, int quantity) {
        return order(productId, quantity, "credit_card");
    }

    public long order(long productId, int quantity, String paymentMethod) {
        putIntoCart(productId, quantity).then().statusCode(201);
        return checkOut(paymentMethod)
                .then()
                .statusCode(201)
                .extract()
                .jsonPath()
                .getLong("data.order_id");
    }

    public Response pay(long orderId, String paymentMethodId) {
        return json().body(Map.of(
                        "order_id",
                        orderId,
                        "payment_method",
                        "credit_card",
                        "payment_details",
                        Map.of("payment_method_id", paymentMethodId)))
                .post("/api/v1/payments/process");
    }

    /** A paid order of so many of a product; its id. */
    public long paidOrder(long productId, int quantity) {
        long orderId = order(productId, quantity);
        pay(orderId, "pm_card_visa").then().statusCode(200);
        return orderId;
    }

    public JsonPath order(long orderId) {
        return request()
                .get("/api/v1/orders/" + orderId)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }
}
