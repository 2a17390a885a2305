package io.emporium.local.paypal;

import io.emporium.local.paypal.Ledger.Change;
import io.emporium.local.provider.Answer;
import io.emporium.local.provider.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Which path does what. A PayPal-Request-Id that had an effect answers with the latest state of the same object, 200 instead
 * of 201; while its first call runs, 409. What was refused is not kept: the next call with the same id is a new try.
 */
final class Api {
    private static final long HOUR = 3600;
    private static final long ORDERS_KEPT = 6 * HOUR;
    private static final long PAYMENTS_KEPT = 45 * 24 * HOUR;

    private final Ledger ledger;
    private final Checkout checkout;
    private final Disputes disputes;
    private final Signer signer;
    private final Set<String> running = ConcurrentHashMap.newKeySet();

    Api(Ledger ledger, Checkout checkout, Disputes disputes, Signer signer) {
        this.ledger = ledger;
        this.checkout = checkout;
        this.disputes = disputes;
        this.signer = signer;
    }

    /** A POST. @param requestId null where there is none; @param isFull whether the whole object is wanted back */
    Answer post(String path, String body, String requestId, boolean isFull, Runnable beforeEffect) {
        if (path.equals("/v1/notifications/verify-webhook-signature")) {
            beforeEffect.run();
            return Answer.ok(signer.verify(body));
        }
        Map<String, Object> given = read(body);
        String id = idIn(path);
        String fingerprint = fingerprint(body);
        return switch (pattern(path)) {
            case "/v2/checkout/orders" ->
                once(
                        path,
                        requestId,
                        fingerprint,
                        ORDERS_KEPT,
                        beforeEffect,
                        change -> checkout.create(given, change).id(),
                        made -> order(made, isFull));
            case "/v2/checkout/orders/*/capture" ->
                once(
                        path,
                        requestId,
                        fingerprint,
                        ORDERS_KEPT,
                        beforeEffect,
                        change -> checkout.capture(id, change).id(),
                        made -> order(made, isFull));
            case "/v2/payments/captures/*/refund" ->
                once(
                        path,
                        requestId,
                        fingerprint,
                        PAYMENTS_KEPT,
                        beforeEffect,
                        change -> checkout.refund(id, given, change).id(),
                        made -> refund(made, isFull));
            default -> throw PayPalError.failed(404);
        };
    }

    Answer get(String path) {
        String id = idIn(path);
        return switch (pattern(path)) {
            case "/v2/checkout/orders/*" -> Answer.ok(order(id, true));
            case "/v2/payments/captures/*" ->
                Answer.ok(ledger.read(() -> ledger.capture(id).view(checkout.base())));
            case "/v1/customer/disputes/*" -> Answer.ok(ledger.read(() -> disputes.view(id, ledger)));
            case "/v2/payments/refunds/*" -> Answer.ok(refund(id, true));
            default -> throw PayPalError.failed(404);
        };
    }

    private Answer once(
            String path,
            String requestId,
            String fingerprint,
            long keptSeconds,
            Runnable beforeEffect,
            Function<Change, String> effect,
            Function<String, Map<String, Object>> view) {
        if (requestId == null) {
            beforeEffect.run();
            return new Answer(201, Json.write(view.apply(ledger.change(effect))));
        }
        if (requestId.length() > 108) {
            throw PayPalError.invalid("PayPal-Request-Id", "INVALID_STRING_LENGTH");
        }
        String key = path + " " + requestId;
        if (!running.add(key)) {
            throw PayPalError.inProgress();
        }
        try {
            Kept kept = ledger.read(() -> ledger.kept(key));
            // The delay comes while the id is in use: who asks again meanwhile gets 409, and the effect comes late.
            beforeEffect.run();
            if (kept != null) {
                if (!kept.fingerprint().equals(fingerprint)) {
                    throw PayPalError.unprocessable(
                            "PAYPAL_REQUEST_ID_PREVIOUSLY_USED", "The id was used with other parameters.");
                }
                return Answer.ok(view.apply(kept.object()));
            }
            String made = ledger.change(change -> {
                String object = effect.apply(change);
                change.put(new Kept(key, fingerprint, object, Ledger.now() + keptSeconds));
                return object;
            });
            return new Answer(201, Json.write(view.apply(made)));
        } finally {
            running.remove(key);
        }
    }

    private Map<String, Object> order(String id, boolean isFull) {
        return ledger.read(() -> {
            Order order = ledger.order(id);
            return isFull
                    ? checkout.view(order, ledger)
                    : Json.object("id", id, "status", order.status(), "links", order.links(checkout.base()));
        });
    }

    private Map<String, Object> refund(String id, boolean isFull) {
        Map<String, Object> view = ledger.read(() -> ledger.refund(id).view(checkout.base()));
        return isFull ? view : Json.object("id", id, "status", view.get("status"), "links", view.get("links"));
    }

    static Map<String, Object> read(String body) {
        try {
            return body.isBlank() ? Map.of() : Json.readObject(body);
        } catch (IllegalArgumentException e) {
            throw PayPalError.malformed();
        }
    }

    private static String pattern(String path) {
        return path.replaceFirst(
                "^(/v2/(?:checkout/orders|payments/captures|payments/refunds)|/v1/customer/disputes)/[^/]+", "$1/*");
    }

    private static String idIn(String path) {
        List<String> parts = List.of(path.split("/"));
        return parts.size() > 4 ? parts.get(4) : "";
    }

    private static String fingerprint(String body) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
