package io.emporium.chaos;

import io.emporium.chaos.Client.Answer;
import io.emporium.chaos.Client.Unanswered;
import io.emporium.chaos.Visit.Astonished;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * Buys one thing after another, as long as it may. What is wanted to be told by depends on the number: by mail only; by
 * everything; no SMS, and two devices; no mail.
 */
final class Buyer {
    static final int KINDS = 4;
    private static final int UNPAID_AT_MOST = 4;

    private final int number;
    private final Client client;
    private final Admin admin;
    private final Findings findings;
    private final Visit visit;
    private final Random chance;
    private String token = "";
    private long addressId;
    private int unpaid;

    Buyer(int number, Client client, Admin admin, Findings findings, long seed) {
        this.number = number;
        this.client = client;
        this.admin = admin;
        this.findings = findings;
        this.visit = new Visit(client, findings);
        this.chance = new Random(seed + number);
    }

    /** @param may asked before each order, which it then makes */
    void shop(BooleanSupplier may) {
        try {
            register();
        } catch (Astonished noted) {
            return;
        }
        while (may.getAsBoolean()) {
            try {
                buy();
            } catch (Unanswered | Astonished noted) {
                // Told where it happened.
            }
        }
    }

    private void buy() {
        int fate = chance.nextInt(100);
        boolean byTransfer = fate < 5 && unpaid < UNPAID_AT_MOST;
        long orderId = order(byTransfer ? "bank_transfer" : "credit_card");
        if (byTransfer) {
            Answer awaited = pay(orderId, "bank_transfer", Map.of());
            if (!awaited.is(200) && !awaited.is(202)) {
                visit.expect(awaited, 200, "paying order " + orderId + " by transfer");
            }
            if (chance.nextBoolean()) {
                visit.cancel(token, orderId);
            } else {
                unpaid++;
            }
            return;
        }
        if (fate >= 97) {
            visit.cancel(token, orderId);
            return;
        }
        if (fate < 12) {
            Answer declined = pay(orderId, "credit_card", card("pm_card_chargeDeclinedInsufficientFunds"));
            // Where an answer was lost it is found out by the reconciler, and answered 200 or 202 with its state.
            if (!declined.is(402)) {
                awaitOutcome(orderId, "failed");
            }
        }
        Answer paid = pay(orderId, "credit_card", card("pm_card_visa"));
        if (!paid.data().path("status").asText().equals("completed")) {
            if (!paid.is(200) && !paid.is(202)) {
                visit.expect(paid, 200, "paying order " + orderId);
            }
            awaitOutcome(orderId, "completed");
        }
        if (fate >= 94) {
            visit.cancel(token, orderId);
        } else if (fate >= 86) {
            admin.ship(orderId);
            if (fate >= 90) {
                admin.deliver(orderId);
            }
        }
    }

    private long order(String method) {
        for (boolean filled = false; !filled; ) {
            try {
                long product =
                        admin.products().get(chance.nextInt(admin.products().size()));
                visit.expect(
                        client.ask("POST", "/cart/items", token, Map.of("product_id", product, "quantity", 1), null),
                        201,
                        "cart");
                filled = true;
            } catch (Unanswered broken) {
                client.ask("DELETE", "/cart", token, null, null);
            }
        }
        Answer answer = client.ask(
                "POST",
                "/orders",
                token,
                Map.of("shipping_address_id", addressId, "payment_method", method),
                UUID.randomUUID().toString());
        visit.expect(answer, 201, "order");
        return answer.data().path("order_id").asLong();
    }

    private static Map<String, Object> card(String name) {
        return Map.of("payment_method_id", name);
    }

    private Answer pay(long orderId, String method, Map<String, Object> details) {
        return client.ask(
                "POST",
                "/payments/process",
                token,
                Map.of("order_id", orderId, "payment_method", method, "payment_details", details),
                UUID.randomUUID().toString());
    }

    private void awaitOutcome(long orderId, String wanted) {
        long deadline = System.nanoTime() + Visit.OUTCOME_WITHIN_MILLIS * 1_000_000;
        String status = "";
        while (System.nanoTime() < deadline) {
            status = client.get("/orders/" + orderId, token)
                    .data()
                    .path("payment_status")
                    .asText();
            if (status.equals(wanted)) {
                return;
            }
            Shop.pause(500);
        }
        findings.note("the payment of order " + orderId + " is " + status + " and not " + wanted);
        throw new Astonished("payment");
    }

    private void register() {
        String email = "buyer-" + number + "-" + UUID.randomUUID() + "@example.com";
        int kind = number % KINDS;
        Map<String, Object> account = new LinkedHashMap<>(
                Map.of("email", email, "password", Visit.PASSWORD, "first_name", "Ada", "last_name", "Lovelace"));
        if (kind != 0) {
            account.put("phone", "+1202555%04d".formatted(number));
        }
        visit.register(account);
        while (token.isEmpty()) {
            try {
                Answer answer = client.ask(
                        "POST", "/auth/login", null, Map.of("email", email, "password", Visit.PASSWORD), null);
                visit.expect(answer, 200, "sign in");
                token = answer.data().path("token").asText();
            } catch (Unanswered again) {
                // Asked again.
            }
        }
        Map<String, Boolean> wants = Map.of(
                "email_notifications",
                kind != 3,
                "sms_notifications",
                kind != 2,
                "push_notifications",
                true,
                "promotional_emails",
                false);
        visit.expect(client.ask("PUT", "/users/preferences/notifications", token, wants, null), 200, "preferences");
        for (int device = 0; device < new int[] {0, 1, 2, 1}[kind]; device++) {
            Map<String, String> app = Map.of("fcm_token", "app:" + number + "-" + device);
            visit.expect(client.ask("PUT", "/users/me/devices", token, app, null), 200, "device");
        }
        addressId = visit.address(token);
    }
}
