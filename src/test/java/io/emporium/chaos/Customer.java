package io.emporium.chaos;

import io.emporium.chaos.Client.Answer;
import io.emporium.chaos.Client.Unanswered;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** One after another: registers, fills a cart, orders, pays, thinks better of it; and tries again when a connection breaks. */
final class Customer {
    /** After so many orders somebody else comes. */
    private static final int ORDERS = 8;

    private final Client client;
    private final Provider provider;
    private final Told told;
    private final Findings findings;
    private final Visit visit;
    private final Admin admin;
    private final Random chance;
    private int ordersLeft;
    private String token = "";
    private long userId;
    private long addressId;

    Customer(Client client, Provider provider, Told told, Findings findings, Admin admin, long seed) {
        this.client = client;
        this.provider = provider;
        this.told = told;
        this.findings = findings;
        this.visit = new Visit(client, findings);
        this.admin = admin;
        this.chance = new Random(seed);
    }

    /** One order and what becomes of it. */
    void shop() {
        if (ordersLeft == 0) {
            register();
            ordersLeft = ORDERS;
        }
        ordersLeft--;
        long orderId = order();
        if (orderId == 0) {
            return;
        }
        if (chance.nextInt(100) < 8) {
            cancel(orderId);
            return;
        }
        if (chance.nextInt(100) < 10) {
            pay(orderId, "pm_card_chargeDeclinedInsufficientFunds");
        }
        if (!pay(orderId, chance.nextInt(100) < 10 ? "pm_card_threeDSecure2Required" : "pm_card_visa")) {
            return;
        }
        int fate = chance.nextInt(100);
        if (fate < 30) {
            refund(orderId);
        }
        if (fate < 10 || fate >= 85) {
            cancel(orderId);
        } else if (fate >= 75) {
            admin.ship(orderId);
        }
    }

    private void register() {
        String email = "c-" + UUID.randomUUID() + "@example.com";
        Map<String, String> account =
                Map.of("email", email, "password", Visit.PASSWORD, "first_name", "Ada", "last_name", "Lovelace");
        visit.register(account);
        while (token.isEmpty() || userId == 0) {
            signIn(email);
        }
        addressId = visit.address(token);
    }

    private boolean signIn(String email) {
        token = "";
        userId = 0;
        try {
            Answer answer =
                    client.ask("POST", "/auth/login", null, Map.of("email", email, "password", Visit.PASSWORD), null);
            if (!answer.is(200)) {
                return false;
            }
            token = answer.data().path("token").asText();
            userId = answer.data().path("user").path("user_id").asLong();
            told.registered(userId);
            return true;
        } catch (Unanswered broken) {
            return false;
        }
    }

    /** @return the order, or 0 where there was not enough in stock */
    private long order() {
        fillCart();
        String key = UUID.randomUUID().toString();
        Map<String, Object> checkout = Map.of("shipping_address_id", addressId, "payment_method", "credit_card");
        Answer answer = client.ask("POST", "/orders", token, checkout, key);
        if (answer.code().equals("INSUFFICIENT_STOCK")) {
            client.ask("DELETE", "/cart", token, null, null);
            return 0;
        }
        visit.expect(answer, 201, "order with key " + key);
        long orderId = placed(answer, key);
        if (chance.nextInt(100) < 20) {
            Answer again = client.ask("POST", "/orders", token, checkout, key);
            visit.expect(again, 201, "the same order with the same key " + key);
            placed(again, key);
        }
        return orderId;
    }

    private long placed(Answer answer, String key) {
        long orderId = answer.data().path("order_id").asLong();
        told.placed(new Told.Placed(
                orderId, userId, key, answer.data().path("total_amount").decimalValue()));
        return orderId;
    }

    private void fillCart() {
        List<Long> products = admin.products();
        int lines = 1 + chance.nextInt(2);
        int line = 0;
        while (line < lines) {
            long product = products.get((chance.nextInt(products.size()) + line) % products.size());
            try {
                Answer answer = client.ask(
                        "POST",
                        "/cart/items",
                        token,
                        Map.of("product_id", product, "quantity", 1 + chance.nextInt(3)),
                        null);
                if (answer.is(201) || answer.is(200)) {
                    line++;
                } else if (!answer.code().equals("INSUFFICIENT_STOCK")) {
                    visit.expect(answer, 201, "cart");
                }
            } catch (Unanswered broken) {
                client.ask("DELETE", "/cart", token, null, null);
                line = 0;
            }
        }
    }

    /** @return whether it is paid now */
    private boolean pay(long orderId, String card) {
        Map<String, Object> payment = Map.of(
                "order_id",
                orderId,
                "payment_method",
                "credit_card",
                "payment_details",
                Map.of("payment_method_id", card));
        String key = UUID.randomUUID().toString();
        Answer answer = client.ask("POST", "/payments/process", token, payment, key);
        String status = answer.data().path("status").asText();
        if (answer.is(402)) {
            if (!card.contains("Declined")) {
                findings.note("order " + orderId + " with " + card + " was declined: " + answer);
            }
            return false;
        }
        if (answer.is(200) && status.equals("completed")) {
            told.paid(orderId, answer.data().path("amount").decimalValue());
            return true;
        }
        if (!answer.is(202) && !status.equals("requires_action")) {
            visit.expect(answer, 200, "payment of order " + orderId + " by " + card + " with key " + key);
        }
        return outcome(orderId, card);
    }

    /** Waits, as a customer in front of a page that says "processing" does. */
    private boolean outcome(long orderId, String card) {
        long deadline = System.nanoTime() + Visit.OUTCOME_WITHIN_MILLIS * 1_000_000;
        String status = "";
        while (System.nanoTime() < deadline) {
            Answer order = client.get("/orders/" + orderId, token);
            status = order.data().path("payment_status").asText();
            if (status.equals("completed")) {
                told.paid(orderId, order.data().path("total_amount").decimalValue());
                return true;
            }
            if (status.equals("failed")) {
                return false;
            }
            if (status.equals("requires_action")) {
                authenticate(orderId);
            }
            Shop.pause(500);
        }
        findings.note("the payment of order " + orderId + " by " + card + " is still " + status);
        return false;
    }

    /** Where the answer to the payment got lost, the customer sees only later that the bank wants a confirmation. */
    private void authenticate(long orderId) {
        for (var transaction :
                client.get("/orders/" + orderId + "/transactions", token).data().path("transactions")) {
            if (transaction.path("status").asText().equals("requires_action")) {
                provider.authenticate(transaction.path("transaction_id").asText());
            }
        }
    }

    private void cancel(long orderId) {
        visit.cancel(token, orderId);
        told.cancelled(orderId);
    }

    private void refund(long orderId) {
        BigDecimal total = client.get("/orders/" + orderId, token)
                .data()
                .path("total_amount")
                .decimalValue();
        BigDecimal amount =
                total.multiply(BigDecimal.valueOf(1 + chance.nextInt(9))).divide(BigDecimal.TEN, 2, RoundingMode.UP);
        Answer answer = client.ask(
                "POST",
                "/payments/refund",
                token,
                Map.of("order_id", orderId, "amount", amount, "reason", "Product defective"),
                UUID.randomUUID().toString());
        visit.expect(answer, 200, "refund of " + amount + " of order " + orderId);
        if (answer.is(200)) {
            told.refunded(
                    new Told.Refunded(answer.data().path("refund_request_id").asLong(), orderId, amount));
        }
    }
}
