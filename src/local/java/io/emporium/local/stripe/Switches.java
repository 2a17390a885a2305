package io.emporium.local.stripe;

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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** What is under /_fake: the ledger as an oracle, faults, settings, the customer and the bank. See the package's documentation. */
final class Switches {
    private final Ledger ledger;
    private final PaymentIntents intents;
    private final Refunds refunds;
    private final Settings settings;
    private final Faults faults;
    private final Webhooks webhooks;
    private final Calls calls;

    Switches(
            Ledger ledger,
            PaymentIntents intents,
            Refunds refunds,
            Settings settings,
            Faults faults,
            Webhooks webhooks,
            Calls calls) {
        this.ledger = ledger;
        this.intents = intents;
        this.refunds = refunds;
        this.settings = settings;
        this.faults = faults;
        this.webhooks = webhooks;
        this.calls = calls;
    }

    void handle(HttpExchange exchange, String body) throws IOException {
        String path = exchange.getRequestURI().getPath().substring("/_fake/".length());
        List<String> parts = Arrays.asList(path.split("/"));
        try {
            if (parts.size() == 2 && parts.get(0).equals("3ds")) {
                threeDSecure(exchange, parts.get(1), body);
                return;
            }
            String query = exchange.getRequestURI().getRawQuery();
            Form form = Form.parse(query == null ? "" : query);
            Map<String, Object> given = body.isBlank() ? Map.of() : Json.readObject(body);
            Object view = route(exchange.getRequestMethod(), parts, form, given);
            Http.send(exchange, Answer.ok(view));
        } catch (StripeError e) {
            Http.send(exchange, e.answer());
        } catch (IllegalArgumentException | ClassCastException e) {
            Http.send(exchange, new Answer(400, Json.write(Map.of("error", String.valueOf(e.getMessage())))));
        }
    }

    private Object route(String method, List<String> parts, Form form, Map<String, Object> given) throws IOException {
        String id = parts.size() > 1 ? parts.get(1) : "";
        String pattern = method + " " + parts.getFirst()
                + (id.isEmpty() ? "" : parts.getFirst().equals("webhook") ? "/" + id : "/*")
                + (parts.size() > 2 ? "/" + String.join("/", parts.subList(2, parts.size())) : "");
        return switch (pattern) {
            case "GET health" -> Map.of("status", "UP");
            case "GET ledger" -> ledger.read(this::oracle);
            case "GET calls" -> Map.of("calls", calls.view());
            case "GET events" -> ledger.read(() -> events(form));
            case "POST events/*/resend" -> resend(id, given);
            case "POST webhook/post" -> post(given);
            case "GET webhook" ->
                Json.object("url", ledger.read(ledger::webhook).get("url"));
            case "PUT webhook" -> webhook(given);
            case "POST webhook/sign" -> sign(given);
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
            case "POST payment_intents/*/authenticate" ->
                changed(change -> intents.view(intents.authenticate(id, success(given), change)));
            case "POST payment_intents/*/complete" ->
                changed(change -> intents.view(intents.complete(id, success(given), change)));
            case "POST refunds/*/complete" ->
                changed(change -> refunds.complete(id, success(given), Json.text(given, "failure_reason"), change)
                        .view());
            case "POST customers/*/delete" ->
                changed(change -> Customers.delete(id, change).view());
            case "POST disputes" -> changed(change -> dispute(given, change).view());
            case "POST disputes/*/review" ->
                changed(change -> Disputes.review(id, change).view());
            case "POST disputes/*/close" ->
                changed(change -> Disputes.close(
                                id,
                                Given.oneOf(given, "outcome", "lost", List.of("won", "lost"))
                                        .equals("won"),
                                change)
                        .view());
            case "POST reset" -> {
                ledger.reset();
                webhooks.forget();
                settings.reset();
                faults.clear();
                calls.clear();
                yield Map.of("reset", true);
            }
            default -> throw StripeError.failed(404, "No such switch: " + pattern);
        };
    }

    private <T> T changed(Function<Change, T> work) {
        return ledger.change(new Origin(null, null, ledger.apiVersion()), work);
    }

    private static boolean success(Map<String, Object> given) {
        Given.onlyKnown(given, Set.of("outcome", "failure_reason"));
        return Given.oneOf(given, "outcome", "succeed", List.of("succeed", "fail"))
                .equals("succeed");
    }

    private Map<String, Object> oracle() {
        return Json.object(
                "payment_intents",
                        ledger.intents().values().stream().map(this::account).toList(),
                "customers",
                        ledger.customers().values().stream()
                                .map(Customer::state)
                                .toList(),
                "payment_methods",
                        ledger.methods().values().stream().map(Method::state).toList(),
                "charges", ledger.charges().values().stream().map(Charge::state).toList(),
                "refunds", ledger.refunds().values().stream().map(Refund::state).toList(),
                "disputes",
                        ledger.disputes().values().stream().map(Dispute::state).toList());
    }

    private Map<String, Object> account(Intent intent) {
        Charge charge =
                intent.is(Intent.SUCCEEDED) ? ledger.charge(intent.progress().latestCharge()) : null;
        return Json.object(
                "id", intent.id(),
                "created", intent.created(),
                "status", intent.status(),
                "amount", intent.terms().amount(),
                "currency", intent.terms().currency(),
                "amount_received", charge == null ? 0L : charge.amount(),
                "amount_refunded", charge == null ? 0L : charge.refunded(),
                "disputed", charge != null && charge.disputed(),
                "payment_method", intent.progress().paymentMethod(),
                "latest_charge", intent.progress().latestCharge(),
                "metadata", intent.terms().metadata());
    }

    private Map<String, Object> events(Form form) {
        String type = form.text("type");
        String intent = form.text("payment_intent");
        boolean payload = form.flag("payload");
        return Map.of(
                "events",
                ledger.events().values().stream()
                        .filter(event -> type == null || type.equals(event.type()))
                        .filter(event -> intent == null || intent.equals(event.about()))
                        .map(event -> {
                            Map<String, Object> view = event.summary();
                            if (payload) {
                                view.put("payload", event.payload().text());
                            }
                            return view;
                        })
                        .toList());
    }

    private Map<String, Object> resend(String id, Map<String, Object> given) {
        Given.onlyKnown(given, Set.of("signature", "timestamp_offset_seconds"));
        Event event = ledger.read(() -> ledger.event(id));
        if (event == null) {
            throw StripeError.notFound("event", "id", id);
        }
        return receipt(webhooks.send(event, kind(given), Json.number(given, "timestamp_offset_seconds", 0)));
    }

    private Map<String, Object> post(Map<String, Object> given) {
        Given.onlyKnown(given, Set.of("payload", "signature", "timestamp_offset_seconds"));
        return receipt(webhooks.post(payload(given), kind(given), Json.number(given, "timestamp_offset_seconds", 0)));
    }

    private Map<String, Object> sign(Map<String, Object> given) {
        Given.onlyKnown(given, Set.of("payload", "signature", "timestamp_offset_seconds"));
        String secret = Json.text(ledger.read(ledger::webhook), "secret");
        if (secret == null) {
            throw new IllegalArgumentException("no webhook secret is set");
        }
        long time = Ledger.now() + Json.number(given, "timestamp_offset_seconds", 0);
        return Json.object("header", Signature.header(kind(given), payload(given), secret, time));
    }

    private static String kind(Map<String, Object> given) {
        return Given.oneOf(given, "signature", Signature.GOOD, Signature.KINDS);
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

    private Map<String, Object> webhook(Map<String, Object> given) {
        Given.onlyKnown(given, Set.of("url", "secret"));
        FakeStripe.target(ledger, Json.text(given, "url"), Json.text(given, "secret"));
        webhooks.wake();
        return Json.object("url", Json.text(given, "url"));
    }

    private Dispute dispute(Map<String, Object> given, Change change) {
        Given.onlyKnown(given, Set.of("payment_intent", "amount", "reason"));
        Intent intent = PaymentIntents.named(String.valueOf(given.get("payment_intent")), change.ledger());
        if (!intent.is(Intent.SUCCEEDED)) {
            throw StripeError.refused(null, "Only what was paid can be disputed.");
        }
        Charge charge = change.ledger().charge(intent.progress().latestCharge());
        String reason = given.containsKey("reason") ? Json.text(given, "reason") : "fraudulent";
        return Disputes.open(charge, Json.number(given, "amount", charge.amount()), reason, change);
    }

    private void threeDSecure(HttpExchange exchange, String id, String body) throws IOException {
        String page;
        if (exchange.getRequestMethod().equals("POST")) {
            boolean success = "succeed".equals(Form.parse(body).text("outcome"));
            Intent before = ledger.read(() -> PaymentIntents.named(id, ledger));
            // A second click on an old page changes nothing: it shows what became of the payment.
            Intent after = before.is(Intent.REQUIRES_ACTION)
                    ? changed(change -> intents.authenticate(id, success, change))
                    : before;
            String back = ThreeDSecurePage.back(after, after.is(Intent.SUCCEEDED) || after.is(Intent.PROCESSING));
            if (back != null) {
                exchange.getResponseHeaders().set("Location", back);
                exchange.sendResponseHeaders(303, -1);
                return;
            }
            page = ThreeDSecurePage.of(after);
        } else {
            page = ThreeDSecurePage.of(ledger.read(() -> PaymentIntents.named(id, ledger)));
        }
        byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.getResponseBody().close();
    }
}
