package io.emporium.local.stripe;

import io.emporium.local.provider.Answer;
import io.emporium.local.provider.Event;
import io.emporium.local.provider.Json;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SequencedCollection;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** The endpoints under /v1: which path does what. */
final class Api {
    private final Ledger ledger;
    private final PaymentIntents intents;
    private final Refunds refunds;
    private final Settings settings;

    Api(Ledger ledger, PaymentIntents intents, Refunds refunds, Settings settings) {
        this.ledger = ledger;
        this.intents = intents;
        this.refunds = refunds;
        this.settings = settings;
    }

    /** A POST; called inside a change. {@code path} without /v1. */
    Answer post(List<String> path, Form form, Change change) {
        List<String> expand = form.list("expand");
        String id = path.size() > 1 ? path.get(1) : "";
        return switch (pattern(path)) {
            case "payment_intents" -> made(intents.create(form, change), expand, change);
            case "payment_intents/*/confirm" -> made(intents.confirm(id, form, change), expand, change);
            case "payment_intents/*/cancel" -> Answer.ok(intents.view(intents.cancel(id, form, change)));
            case "customers" -> Answer.ok(Customers.create(form, change).view());
            case "payment_methods" -> Answer.ok(Customers.method(form, change).view());
            case "payment_methods/*/attach" ->
                Answer.ok(Customers.attach(id, form, change).view());
            case "payment_methods/*/detach" ->
                Answer.ok(Customers.detach(id, form, change).view());
            case "refunds" -> Answer.ok(Expand.in(refunds.create(form, change).view(), expand, ledger, intents));
            default -> throw unknown("POST", path);
        };
    }

    // The charge that the answer shall expand is part of the change and not in the ledger yet.
    private Answer made(Intent intent, List<String> expand, Change change) {
        Answer answer = intents.answer(intent, List.of(), ledger);
        if (expand.isEmpty() || answer.status() != 200) {
            return answer;
        }
        Map<String, Object> view = intents.view(intent);
        for (Object object : change.objects()) {
            if (object instanceof Charge charge
                    && expand.contains("latest_charge")
                    && charge.id().equals(view.get("latest_charge"))) {
                view.put("latest_charge", charge.view());
            }
        }
        return Answer.ok(Expand.in(view, expand, ledger, intents));
    }

    /** A GET; called inside a read. */
    Map<String, Object> get(List<String> path, Form form) {
        String id = path.size() > 1 ? path.get(1) : "";
        Map<String, Object> view = switch (pattern(path)) {
            case "balance" -> balance();
            case "payment_intents" ->
                page(path, form, ledger.intents().sequencedValues(), intent -> true, intents::view);
            case "payment_intents/search" -> search(form);
            case "payment_intents/*" -> intents.view(PaymentIntents.named(id, ledger));
            case "charges" ->
                page(path, form, ledger.charges().sequencedValues(), c -> about(form, c.intent(), null), Charge::view);
            case "charges/*" -> found(ledger.charge(id), "charge", id).view();
            case "refunds" ->
                page(
                        path,
                        form,
                        ledger.refunds().sequencedValues(),
                        r -> about(form, r.intent(), r.charge()),
                        Refund::view);
            case "refunds/*" -> Refunds.named(id, ledger).view();
            case "disputes" ->
                page(
                        path,
                        form,
                        ledger.disputes().sequencedValues(),
                        d -> about(form, d.intent(), d.charge()),
                        Dispute::view);
            case "disputes/*" -> found(ledger.dispute(id), "dispute", id).view();
            case "events" -> page(path, form, ledger.events().sequencedValues(), e -> ofType(form, e), Api::payload);
            case "events/*" -> payload(found(ledger.event(id), "event", id));
            case "customers" ->
                page(path, form, ledger.customers().sequencedValues(), c -> !c.deleted(), Customer::view);
            case "customers/*" -> found(ledger.customer(id), "customer", id).view();
            case "customers/*/payment_methods" ->
                methods(path, form, Customers.named(id, ledger).id());
            case "customers/*/payment_methods/*" ->
                Customers.of(Customers.named(id, ledger).id(), path.get(3), ledger)
                        .view();
            case "payment_methods" -> {
                String customer = form.text("customer");
                if (customer == null) {
                    throw StripeError.missing("customer");
                }
                Customers.checked(customer, ledger);
                yield methods(path, form, customer);
            }
            case "payment_methods/*" ->
                ledger.method(id) != null
                        ? ledger.method(id).view()
                        : TestCards.inPath(id).view();
            default -> throw unknown("GET", path);
        };
        return Expand.in(view, form.list("expand"), ledger, intents);
    }

    private Map<String, Object> methods(List<String> path, Form form, String customer) {
        return page(path, form, ledger.methods().sequencedValues(), m -> customer.equals(m.customer()), Method::view);
    }

    private static String pattern(List<String> path) {
        List<String> parts = new ArrayList<>(path);
        if (parts.size() > 3) {
            parts.set(3, "*");
        }
        if (parts.size() > 1 && !parts.get(1).equals("search")) {
            parts.set(1, "*");
        }
        return String.join("/", parts);
    }

    static StripeError unknown(String method, List<String> path) {
        return StripeError.failed(
                404, "Unrecognized request URL (" + method + ": /v1/" + String.join("/", path) + ").");
    }

    private static <T> T found(T object, String what, String id) {
        if (object == null) {
            throw StripeError.notFound(what, "id", id);
        }
        return object;
    }

    private static boolean about(Form form, String intent, String charge) {
        String wantedIntent = form.text("payment_intent");
        String wantedCharge = form.text("charge");
        return (wantedIntent == null || wantedIntent.equals(intent))
                && (wantedCharge == null || wantedCharge.equals(charge));
    }

    private static boolean ofType(Form form, Event event) {
        List<String> types = form.list("types");
        String type = form.text("type");
        return (type == null || type.equals(event.type())) && (types.isEmpty() || types.contains(event.type()));
    }

    private static Map<String, Object> payload(Event event) {
        return Json.readObject(event.payload().text());
    }

    private Map<String, Object> balance() {
        Map<String, Long> sums = new TreeMap<>();
        sums.put("usd", 0L);
        for (Charge charge : ledger.charges().values()) {
            if (charge.paid()) {
                sums.merge(charge.currency(), charge.amount() - charge.refunded(), Long::sum);
            }
        }
        List<Map<String, Object>> available = new ArrayList<>();
        List<Map<String, Object>> pending = new ArrayList<>();
        sums.forEach((currency, sum) -> {
            available.add(Json.object("amount", sum, "currency", currency, "source_types", Map.of("card", sum)));
            pending.add(Json.object("amount", 0L, "currency", currency, "source_types", Map.of("card", 0L)));
        });
        return Json.object("object", "balance", "available", available, "livemode", false, "pending", pending);
    }

    private Map<String, Object> search(Form form) {
        String query = form.text("query");
        if (query == null) {
            throw StripeError.missing("query");
        }
        Predicate<Intent> matches = Search.parse(query);
        // Stripe's index lags behind by up to a minute; the switch shows who relies on it being fresh.
        long newest = (System.currentTimeMillis() - settings.searchLagMs()) / 1000;
        Predicate<Intent> indexed =
                settings.searchLagMs() == 0 ? matches : matches.and(intent -> intent.created() < newest);
        Form paged = form.has("page")
                ? new Form(Json.object("limit", limitText(form), "starting_after", form.text("page")))
                : form;
        Map<String, Object> page = page(
                List.of("payment_intents", "search"),
                paged,
                ledger.intents().sequencedValues(),
                indexed,
                intents::view);
        page.put("object", "search_result");
        List<Map<String, Object>> data = Json.maps(page, "data");
        boolean more = Json.flag(page, "has_more");
        page.put("next_page", more ? data.getLast().get("id") : null);
        return page;
    }

    private static String limitText(Form form) {
        return form.text("limit") == null ? "10" : form.text("limit");
    }

    /** Newest first, 1 to 100 a page (10 if not said), as Stripe pages. */
    private static <T> Map<String, Object> page(
            List<String> path,
            Form form,
            SequencedCollection<T> all,
            Predicate<T> filter,
            Function<T, Map<String, Object>> view) {
        Long given = form.positive("limit");
        long limit = given == null ? 10 : given;
        if (limit > 100) {
            throw StripeError.parameter(
                    "parameter_invalid_integer", "limit", "This value must be less than or equal to 100.");
        }
        String after = form.text("starting_after");
        String before = form.text("ending_before");
        if (after != null && before != null) {
            throw StripeError.parameter(
                    null, "starting_after", "Only one of starting_after and ending_before may be given.");
        }
        Created created = Created.of(form);
        boolean forward = before == null;
        String cursor = forward ? after : before;
        boolean reached = cursor == null;
        boolean more = false;
        List<Map<String, Object>> data = new ArrayList<>();
        Iterator<T> objects = forward ? all.reversed().iterator() : all.iterator();
        while (objects.hasNext()) {
            T object = objects.next();
            if (!reached) {
                reached = idOf(object).equals(cursor);
            } else if (created.includes(createdOf(object)) && filter.test(object)) {
                if (data.size() == limit) {
                    more = true;
                    break;
                }
                data.add(view.apply(object));
            }
        }
        if (!reached) {
            throw StripeError.parameter(
                    "resource_missing",
                    forward ? "starting_after" : "ending_before",
                    "No such object: '" + cursor + "'");
        }
        if (!forward) {
            data = new ArrayList<>(data.reversed());
        }
        return Json.object("object", "list", "url", "/v1/" + String.join("/", path), "has_more", more, "data", data);
    }

    private static String idOf(Object object) {
        return switch (object) {
            case Intent intent -> intent.id();
            case Charge charge -> charge.id();
            case Refund refund -> refund.id();
            case Dispute dispute -> dispute.id();
            case Customer customer -> customer.id();
            case Method method -> method.id();
            case Event event -> event.id();
            default -> throw new IllegalArgumentException(object.getClass().getName());
        };
    }

    private static long createdOf(Object object) {
        return switch (object) {
            case Intent intent -> intent.created();
            case Charge charge -> charge.created();
            case Refund refund -> refund.created();
            case Dispute dispute -> dispute.created();
            case Customer customer -> customer.created();
            case Method method -> method.created();
            case Event event -> event.created();
            default -> throw new IllegalArgumentException(object.getClass().getName());
        };
    }

    /** The filter created[gt|gte|lt|lte], or created= for one second. */
    private record Created(long from, long to) {
        static Created of(Form form) {
            if (form.values().get("created") instanceof String) {
                Long at = form.whole("created");
                return at == null ? new Created(Long.MIN_VALUE, Long.MAX_VALUE) : new Created(at, at);
            }
            Form range = form.hash("created");
            long from = Long.MIN_VALUE;
            long to = Long.MAX_VALUE;
            for (String bound : range.values().keySet()) {
                Long value = range.whole(bound);
                if (value == null) {
                    continue;
                }
                switch (bound) {
                    case "gte" -> from = Math.max(from, value);
                    case "gt" -> from = Math.max(from, value + 1);
                    case "lte" -> to = Math.min(to, value);
                    case "lt" -> to = Math.min(to, value - 1);
                    default ->
                        throw StripeError.parameter(
                                "parameter_unknown", "created", "Received unknown parameter: created[" + bound + "]");
                }
            }
            return new Created(from, to);
        }

        boolean includes(long created) {
            return created >= from && created <= to;
        }
    }
}
