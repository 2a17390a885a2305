package io.emporium.chaos;

import io.emporium.chaos.Client.Answer;
import io.emporium.chaos.Client.Unanswered;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The merchant: puts the goods on the shelves, one of them scarce, and ships what is asked for. */
final class Admin {
    static final String EMAIL = "chaos-admin@example.com";
    static final String PASSWORD = "Admin-" + UUID.randomUUID();

    private static final int PLENTY = 1_000_000;
    private static final int SCARCE = 200;

    private final Client client;
    private final Findings findings;
    private final List<Long> products = new ArrayList<>();
    private String token = "";

    Admin(Client client, Findings findings) {
        this.client = client;
        this.findings = findings;
    }

    void open() {
        openWithPlenty();
        products.add(createProduct("7.77", SCARCE));
    }

    /** Of everything so much that nobody goes without. */
    void openWithPlenty() {
        token = signIn();
        for (String price : List.of("49.99", "19.90", "5.00", "0.99", "120.35")) {
            products.add(createProduct(price, PLENTY));
        }
    }

    List<Long> products() {
        return products;
    }

    /** Prepares and ships a paid order, unless its customer was quicker to cancel it. */
    void ship(long orderId) {
        Map<String, String> processing = Map.of("status", "processing");
        Answer prepared = client.ask("PUT", "/orders/" + orderId + "/status", token(), processing, null);
        // A repetition finds it done.
        if (!prepared.is(200) && !prepared.code().equals("INVALID_STATUS_TRANSITION")) {
            findings.note("preparing order " + orderId + " was answered " + prepared);
        }
        Answer shipped = client.ask(
                "POST",
                "/orders/" + orderId + "/shipments",
                token(),
                Map.of("carrier", "UPS", "tracking_number", "1Z999"),
                UUID.randomUUID().toString());
        if (!shipped.is(201)) {
            findings.note("shipping order " + orderId + " was answered " + shipped);
        }
    }

    /** A shipped order has arrived. */
    void deliver(long orderId) {
        Answer delivered =
                client.ask("PUT", "/orders/" + orderId + "/status", token(), Map.of("status", "delivered"), null);
        // A repetition finds it done.
        if (!delivered.is(200) && !delivered.code().equals("INVALID_STATUS_TRANSITION")) {
            findings.note("delivering order " + orderId + " was answered " + delivered);
        }
    }

    /** A page of what was parked, and asks for one of them to be tried again. */
    Answer parked(int page, int limit) {
        return client.get("/admin/outbox?page=" + page + "&limit=" + limit, token());
    }

    Answer replay(long messageId) {
        return client.ask(
                "POST",
                "/admin/outbox/parked/" + messageId + "/replay",
                token(),
                null,
                UUID.randomUUID().toString());
    }

    private synchronized String token() {
        if (client.get("/users/me", token).is(401)) {
            token = signIn();
        }
        return token;
    }

    private String signIn() {
        while (true) {
            try {
                return client.ask("POST", "/auth/login", null, Map.of("email", EMAIL, "password", PASSWORD), null)
                        .data()
                        .path("token")
                        .asText();
            } catch (Unanswered again) {
                // Asked again.
            }
        }
    }

    private long createProduct(String price, int stock) {
        Answer answer = client.ask(
                "POST",
                "/products",
                token,
                Map.of(
                        "name",
                        "Wireless Mouse",
                        "description",
                        "Ergonomic wireless mouse",
                        "price",
                        new BigDecimal(price),
                        "category",
                        "chaos",
                        "sku",
                        "CHAOS-" + UUID.randomUUID(),
                        "stock_quantity",
                        stock),
                null);
        if (!answer.is(201)) {
            throw new IllegalStateException("No product: " + answer);
        }
        return answer.data().path("product_id").asLong();
    }
}
