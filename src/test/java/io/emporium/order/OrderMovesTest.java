package io.emporium.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.Invariants;
import io.emporium.Shopper;
import io.emporium.identity.Crowd;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The life of an order as a table: everything that anybody can do to it, in every state it can be in. */
@QuarkusTest
class OrderMovesTest {
    private static final int STOCK = 1_000;

    /** Who does what, and how they are told that it cannot be. */
    private enum Move {
        CUSTOMER_CANCELS("409 INVALID_STATUS_TRANSITION"),
        ADMIN_SETS_PENDING("409 INVALID_STATUS_TRANSITION"),
        ADMIN_SETS_CONFIRMED("409 INVALID_STATUS_TRANSITION"),
        ADMIN_SETS_PROCESSING("409 INVALID_STATUS_TRANSITION"),
        ADMIN_SETS_SHIPPED("409 INVALID_STATUS_TRANSITION"),
        ADMIN_SETS_DELIVERED("409 INVALID_STATUS_TRANSITION"),
        ADMIN_SETS_CANCELLED("409 INVALID_STATUS_TRANSITION"),
        ADMIN_SETS_WHAT_IS_NO_STATUS("400 VALIDATION_ERROR"),
        ADMIN_SHIPS("409 INVALID_STATUS_TRANSITION"),
        CUSTOMER_PAYS("409 ORDER_NOT_PAYABLE"),
        ADMIN_REFUNDS_ALL("409 REFUND_EXCEEDS_PAYMENT"),
        CUSTOMER_SETS_CANCELLED("403 FORBIDDEN"),
        CUSTOMER_SHIPS("403 FORBIDDEN"),
        ANOTHER_CUSTOMER_CANCELS("404 RESOURCE_NOT_FOUND"),
        // Has no answer: the order is what it was.
        ITS_TIME_IS_UP("");

        private final String refusal;

        Move(String refusal) {
            this.refusal = refusal;
        }
    }

    /** Where each move leads that can be made; all others are refused. Shipped or delivered goods are refunded where they are. */
    private static final Map<OrderStatus, Map<Move, OrderStatus>> LIFE = new EnumMap<>(Map.of(
            OrderStatus.PENDING,
            Map.of(
                    Move.CUSTOMER_CANCELS, OrderStatus.CANCELLED,
                    Move.ADMIN_SETS_CANCELLED, OrderStatus.CANCELLED,
                    Move.CUSTOMER_PAYS, OrderStatus.CONFIRMED,
                    Move.ITS_TIME_IS_UP, OrderStatus.CANCELLED),
            OrderStatus.CONFIRMED,
            Map.of(
                    Move.CUSTOMER_CANCELS, OrderStatus.CANCELLED,
                    Move.ADMIN_SETS_CANCELLED, OrderStatus.CANCELLED,
                    Move.ADMIN_SETS_PROCESSING, OrderStatus.PROCESSING,
                    Move.ADMIN_REFUNDS_ALL, OrderStatus.CANCELLED),
            OrderStatus.PROCESSING,
            Map.of(
                    Move.CUSTOMER_CANCELS, OrderStatus.CANCELLED,
                    Move.ADMIN_SETS_CANCELLED, OrderStatus.CANCELLED,
                    Move.ADMIN_SETS_SHIPPED, OrderStatus.SHIPPED,
                    Move.ADMIN_SHIPS, OrderStatus.SHIPPED,
                    Move.ADMIN_REFUNDS_ALL, OrderStatus.CANCELLED),
            OrderStatus.SHIPPED,
            Map.of(
                    Move.ADMIN_SETS_DELIVERED, OrderStatus.DELIVERED,
                    Move.ADMIN_REFUNDS_ALL, OrderStatus.SHIPPED),
            OrderStatus.DELIVERED,
            Map.of(Move.ADMIN_REFUNDS_ALL, OrderStatus.DELIVERED),
            OrderStatus.CANCELLED,
            Map.of()));

    @Inject
    Invariants invariants;

    @Inject
    EntityManager database;

    @Inject
    Crowd crowd;

    @Inject
    Orders orders;

    private Shopper admin;
    private Shopper eve;
    private long product;

    @BeforeEach
    void arrive() {
        admin = Shopper.admin();
        eve = crowd.come(1).getFirst();
    }

    @AfterEach
    void everything_is_as_promised() {
        invariants.hold();
    }

    @Test
    void every_move_in_every_state_is_made_or_refused_as_its_life_has_it() {
        product = admin.createProduct("10.00", STOCK);
        Set<String> wrong = new TreeSet<>();
        for (OrderStatus from : OrderStatus.values()) {
            Shopper ada = crowd.come(1).getFirst();
            long refusing = orderThatIs(from, ada);
            for (Move move : Move.values()) {
                OrderStatus to = LIFE.get(from).get(move);
                if (to == null) {
                    refuses(from, move, refusing, ada, wrong);
                } else {
                    Shopper bob = crowd.come(1).getFirst();
                    leads(from, move, to, orderThatIs(from, bob), bob, wrong);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void the_table_is_the_code() {
        for (OrderStatus from : OrderStatus.values()) {
            Set<OrderStatus> reached = new TreeSet<>(LIFE.get(from).values());
            reached.remove(from);
            assertThat(reached).as("%s", from).isEqualTo(new TreeSet<>(from.next()));
        }
    }

    private void refuses(OrderStatus from, Move move, long orderId, Shopper ada, Set<String> wrong) {
        JsonPath before = admin(orderId);
        Response answer = make(move, orderId, ada);
        String refusal = answer == null ? "" : answer.statusCode() + " " + answer.path("error.code");
        if (!refusal.equals(move.refusal)) {
            wrong.add(move + " on " + from + " answered " + refusal);
        }
        JsonPath after = admin(orderId);
        for (String field : List.of("status", "payment_status", "history", "updated_at")) {
            if (!before.get("data." + field).equals(after.get("data." + field))) {
                wrong.add(move + " on " + from + " was refused and changed " + field);
            }
        }
    }

    private void leads(OrderStatus from, Move move, OrderStatus to, long orderId, Shopper ada, Set<String> wrong) {
        int before = stock();
        Response answer = make(move, orderId, ada);
        if (answer != null && answer.statusCode() / 100 != 2) {
            wrong.add(move + " on " + from + " answered " + answer.statusCode() + " " + answer.path("error.code"));
        }
        JsonPath after = admin(orderId);
        if (!to.code().equals(after.getString("data.status"))) {
            wrong.add(move + " on " + from + " led to " + after.getString("data.status"));
        }
        // Each step is written down, and what is cancelled is back on the shelf.
        List<String> history = after.getList("data.history.status");
        if (from != to
                && !history.subList(history.size() - 2, history.size()).equals(List.of(from.code(), to.code()))) {
            wrong.add(move + " on " + from + " wrote " + history);
        }
        if (stock() != before + (to == OrderStatus.CANCELLED ? 1 : 0)) {
            wrong.add(move + " on " + from + " left " + stock() + " of " + before);
        }
    }

    private Response make(Move move, long orderId, Shopper ada) {
        return switch (move) {
            case CUSTOMER_CANCELS -> cancel(ada, orderId);
            case ANOTHER_CUSTOMER_CANCELS -> cancel(eve, orderId);
            case ADMIN_SETS_PENDING -> set(admin, orderId, "pending");
            case ADMIN_SETS_CONFIRMED -> set(admin, orderId, "confirmed");
            case ADMIN_SETS_PROCESSING -> set(admin, orderId, "processing");
            case ADMIN_SETS_SHIPPED -> set(admin, orderId, "shipped");
            case ADMIN_SETS_DELIVERED -> set(admin, orderId, "delivered");
            case ADMIN_SETS_CANCELLED -> set(admin, orderId, "cancelled");
            case ADMIN_SETS_WHAT_IS_NO_STATUS -> set(admin, orderId, "lost");
            case CUSTOMER_SETS_CANCELLED -> set(ada, orderId, "cancelled");
            case ADMIN_SHIPS -> ship(admin, orderId);
            case CUSTOMER_SHIPS -> ship(ada, orderId);
            case CUSTOMER_PAYS -> ada.pay(orderId, "pm_card_visa");
            case ADMIN_REFUNDS_ALL ->
                admin.json()
                        .body("{\"order_id\":" + orderId + ",\"amount\":10.00,\"reason\":\"all of it\"}")
                        .post("/api/v1/payments/refund");
            case ITS_TIME_IS_UP -> {
                expire(orderId);
                yield null;
            }
        };
    }

    private long orderThatIs(OrderStatus status, Shopper ada) {
        long orderId = ada.order(product, 1);
        switch (status) {
            case PENDING -> {}
            case CANCELLED -> cancel(ada, orderId).then().statusCode(200);
            case CONFIRMED, PROCESSING, SHIPPED, DELIVERED -> {
                ada.pay(orderId, "pm_card_visa").then().statusCode(200);
                for (String step : List.of("processing", "shipped", "delivered")) {
                    if (OrderStatus.of(step).orElseThrow().compareTo(status) <= 0) {
                        set(admin, orderId, step).then().statusCode(200);
                    }
                }
            }
        }
        assertThat(admin(orderId).getString("data.status")).isEqualTo(status.code());
        return orderId;
    }

    /** As the clock does it; only this order's time is over. */
    private void expire(long orderId) {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(
                                "UPDATE orders SET expires_at = now() - interval '1 second' WHERE order_id = :order")
                        .setParameter("order", orderId)
                        .executeUpdate());
        new OrderExpiry(orders, Clock.offset(Clock.systemUTC(), Duration.ofSeconds(1))).expire();
    }

    private static Response cancel(Shopper who, long orderId) {
        return who.request().post("/api/v1/orders/" + orderId + "/cancel");
    }

    private static Response set(Shopper who, long orderId, String status) {
        return who.json().body(Map.of("status", status)).put("/api/v1/orders/" + orderId + "/status");
    }

    private static Response ship(Shopper who, long orderId) {
        return who.json()
                .body(Map.of("carrier", "DHL", "tracking_number", "0034"))
                .post("/api/v1/orders/" + orderId + "/shipments");
    }

    private JsonPath admin(long orderId) {
        return admin.request()
                .get("/api/v1/admin/orders/" + orderId)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private int stock() {
        return admin.request().get("/api/v1/products/" + product).jsonPath().getInt("data.stock_quantity");
    }
}
