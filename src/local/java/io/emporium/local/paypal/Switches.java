package io.emporium.local.paypal;

import com.sun.net.httpserver.HttpExchange;
import io.emporium.local.provider.Answer;
import io.emporium.local.provider.Calls;
import io.emporium.local.provider.Event;
import io.emporium.local.provider.Faults;
import io.emporium.local.provider.Given;
import io.emporium.local.provider.Http;
import io.emporium.local.provider.Json;
import io.emporium.local.provider.Webhooks;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is under /_fake, and the buyer's page. See the package's documentation. */
final class Switches {
    private final Ledger ledger;
    private final Checkout checkout;
    private final Disputes disputes;
    private final Settings settings;
    private final Tokens tokens;
    private final Signer signer;
    private final Faults faults;
    private final Webhooks webhooks;
    private final Calls calls;

    Switches(
            Ledger ledger,
            Checkout checkout,
            Disputes disputes,
            Settings settings,
            Tokens tokens,
            Signer signer,
            Faults faults,
            Webhooks webhooks,
            Calls calls) {
        this.ledger = ledger;
        this.checkout = checkout;
        this.disputes = disputes;
        this.settings = settings;
        this.tokens = tokens;
        this.signer = signer;
        this.faults = faults;
        this.webhooks = webhooks;
        this.calls = calls;
    }

    void handle(HttpExchange exchange, String body) throws IOException {
        URI uri = exchange.getRequestURI();
        try {
            Map<String, String> query = Http.form(uri.getRawQuery());
            if (uri.getPath().equals("/checkoutnow")) {
                page(exchange, query.getOrDefault("token", ""), Http.form(body));
                return;
            }
            Map<String, Object> given = body.isBlank() ? Map.of() : Json.readObject(body);
            List<String> parts =
                    List.of(uri.getPath().substring("/_fake/".length()).split("/"));
            Http.send(exchange, Answer.ok(route(exchange.getRequestMethod(), parts, query, given)));
        } catch (PayPalError e) {
            Http.send(exchange, e.answer());
        } catch (IllegalArgumentException | ClassCastException e) {
            Http.send(exchange, new Answer(400, Json.write(Map.of("error", String.valueOf(e.getMessage())))));
        }
    }

    private Object route(String method, List<String> parts, Map<String, String> query, Map<String, Object> given)
            throws IOException {
        String id = parts.size() > 1 ? parts.get(1) : "";
        String pattern = method + " " + parts.getFirst()
                + (id.isEmpty() ? "" : parts.getFirst().equals("webhook") ? "/" + id : "/*")
                + (parts.size() > 2 ? "/" + String.join("/", parts.subList(2, parts.size())) : "");
        return switch (pattern) {
            case "GET health" -> Map.of("status", "UP");
            case "GET ledger" -> ledger.read(this::oracle);
            case "GET calls" -> Map.of("calls", calls.view());
            case "GET events" -> events(query);
            case "POST events/*/resend" -> resend(id, given);
            case "GET webhook" -> Json.object("url", ledger.webhookUrl());
            case "PUT webhook" -> {
                Given.onlyKnown(given, Set.of("url"));
                FakePayPal.target(ledger, Json.text(given, "url"));
                webhooks.wake();
                yield Json.object("url", ledger.webhookUrl());
            }
            case "POST webhook/post" -> post(given);
            case "POST webhook/sign" -> {
                Given.onlyKnown(given, Set.of("payload", "signature", "timestamp_offset_seconds"));
                yield signer.headers(payload(given), kind(given), Json.number(given, "timestamp_offset_seconds", 0));
            }
            case "GET settings" -> settings.view();
            case "PUT settings" -> {
                settings.change(given);
                webhooks.wake();
                yield settings.view();
            }
            case "GET faults" -> Map.of("faults", faults.view());
            case "POST faults" -> faults.arm(given);
            case "DELETE faults" -> {
                faults.clear();
                yield Map.of("faults", List.of());
            }
            case "POST revoke_tokens" -> {
                tokens.revoke();
                yield Map.of("revoked", true);
            }
            case "POST forget_request_ids" -> {
                ledger.forgetRequestIds();
                yield Map.of("forgotten", true);
            }
            case "POST orders/*/expire" ->
                ledger.change(change -> change.put(ledger.order(id).expired()).state());
            case "POST orders/*/approve" -> {
                Given.onlyKnown(given, Set.of("funding"));
                String funding = Given.oneOf(given, "funding", "good", Checkout.FUNDING);
                yield ledger.change(
                        change -> checkout.approve(id, funding, change).state());
            }
            case "POST captures/*/complete" ->
                ledger.change(change -> checkout.end(id, success(given), change).state());
            case "POST captures/*/refund" ->
                ledger.change(change -> checkout.refundByHand(id, given, change).state());
            case "POST disputes" ->
                ledger.change(change -> disputes.open(given, change).state());
            case "POST disputes/*/update" ->
                ledger.change(change -> disputes.update(id, given, change).state());
            case "POST disputes/*/resolve" ->
                ledger.change(change -> disputes.resolve(id, given, change).state());
            case "POST refunds/*/complete" ->
                ledger.change(
                        change -> checkout.endRefund(id, success(given), change).state());
            case "POST reset" -> {
                ledger.reset();
                webhooks.forget();
                settings.reset();
                faults.clear();
                calls.clear();
                yield Map.of("reset", true);
            }
            default -> throw PayPalError.failed(404);
        };
    }

    private static boolean success(Map<String, Object> given) {
        Given.onlyKnown(given, Set.of("outcome"));
        return Given.oneOf(given, "outcome", "succeed", List.of("succeed", "fail"))
                .equals("succeed");
    }

    private Map<String, Object> oracle() {
        return Json.object(
                "orders", ledger.orders().stream().map(Order::state).toList(),
                "captures", ledger.captures().stream().map(Capture::state).toList(),
                "refunds", ledger.refunds().stream().map(Refund::state).toList(),
                "disputes", ledger.disputes().stream().map(Dispute::state).toList());
    }

    private Map<String, Object> events(Map<String, String> query) {
        String type = query.get("type");
        String order = query.get("order");
        return Map.of(
                "events",
                ledger.outgoing().stream()
                        .filter(event -> type == null || type.equals(event.type()))
                        .filter(event -> order == null || order.equals(event.about()))
                        .map(event -> {
                            Map<String, Object> view = event.summary();
                            if (query.containsKey("payload")) {
                                view.put("payload", event.payload().text());
                            }
                            return view;
                        })
                        .toList());
    }

    private Map<String, Object> resend(String id, Map<String, Object> given) {
        Given.onlyKnown(given, Set.of("signature", "timestamp_offset_seconds"));
        Event event = ledger.outgoing(id);
        if (event == null) {
            throw PayPalError.notFound();
        }
        return receipt(webhooks.send(event, kind(given), Json.number(given, "timestamp_offset_seconds", 0)));
    }

    private Map<String, Object> post(Map<String, Object> given) {
        Given.onlyKnown(given, Set.of("payload", "signature", "timestamp_offset_seconds"));
        return receipt(webhooks.post(payload(given), kind(given), Json.number(given, "timestamp_offset_seconds", 0)));
    }

    private static String kind(Map<String, Object> given) {
        return Given.oneOf(given, "signature", Signer.GOOD, Signer.KINDS);
    }

    private static String payload(Map<String, Object> given) {
        String payload = Json.text(given, "payload");
        if (payload == null) {
            throw new IllegalArgumentException("payload is missing");
        }
        return payload;
    }

    private static Map<String, Object> receipt(Webhooks.Receipt receipt) {
        return Json.object("status", receipt.status(), "body", receipt.body());
    }

    private void page(HttpExchange exchange, String id, Map<String, String> clicked) throws IOException {
        Order order = ledger.read(() -> ledger.order(id));
        if (exchange.getRequestMethod().equals("POST")) {
            boolean approves = "approve".equals(clicked.get("outcome"));
            if (approves) {
                Map<String, Object> chosen = new LinkedHashMap<>(clicked);
                String funding = Given.oneOf(chosen, "funding", "good", Checkout.FUNDING);
                order = ledger.change(change -> checkout.approve(id, funding, change));
            }
            String back = Page.back(order, approves);
            if (back != null) {
                exchange.getResponseHeaders().set("Location", back);
                exchange.sendResponseHeaders(303, -1);
                return;
            }
        }
        Http.send(exchange, 200, "text/html; charset=utf-8", Page.of(order));
    }
}
