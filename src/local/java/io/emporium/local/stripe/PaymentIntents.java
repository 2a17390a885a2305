package io.emporium.local.stripe;

import io.emporium.local.provider.Answer;
import io.emporium.local.stripe.Intent.Progress;
import io.emporium.local.stripe.Intent.Terms;
import io.emporium.local.stripe.TestCards.Card;
import io.emporium.local.stripe.TestCards.Trait;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Creating, confirming, canceling payment intents, and what the customer and the bank do to them. */
final class PaymentIntents {
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "description",
            "receipt_email",
            "customer",
            "shipping",
            "statement_descriptor",
            "statement_descriptor_suffix",
            "transfer_group",
            "setup_future_usage");
    private static final Set<String> CONFIRM = Set.of(
            "payment_method",
            "payment_method_data",
            "payment_method_options",
            "return_url",
            "off_session",
            "expand",
            "error_on_requires_action",
            "receipt_email",
            "setup_future_usage",
            "shipping",
            "use_stripe_sdk",
            "radar_options",
            "mandate_data",
            "capture_method");
    private static final Set<String> CREATE = Set.of(
            "amount",
            "currency",
            "metadata",
            "payment_method_types",
            "automatic_payment_methods",
            "confirm",
            "confirmation_method",
            "payment_method",
            "payment_method_data",
            "payment_method_options",
            "return_url",
            "off_session",
            "expand",
            "error_on_requires_action",
            "use_stripe_sdk",
            "radar_options",
            "capture_method",
            "mandate_data",
            "description",
            "receipt_email",
            "customer",
            "shipping",
            "statement_descriptor",
            "statement_descriptor_suffix",
            "transfer_group",
            "setup_future_usage");
    private static final Set<String> REASONS = Set.of("duplicate", "fraudulent", "requested_by_customer", "abandoned");

    private final String baseUrl;
    private final Settings settings;

    PaymentIntents(String baseUrl, Settings settings) {
        this.baseUrl = baseUrl;
        this.settings = settings;
    }

    /** POST /v1/payment_intents. Throws StripeError for what Stripe refuses, 402 after the decline was recorded. */
    Intent create(Form form, Change change) {
        form.allowOnly(CREATE);
        change.ledger().refuseIfFull();
        Terms terms = terms(form);
        String customer = (String) terms.details().get("customer");
        if (customer != null) {
            Customers.checked(customer, change.ledger());
        }
        Card card = card(form, customer, change);
        boolean confirm = form.flag("confirm");
        if (!confirm && (form.has("return_url") || form.has("off_session") || form.has("error_on_requires_action"))) {
            throw StripeError.parameter(
                    "parameter_invalid",
                    "confirm",
                    "return_url, off_session and error_on_requires_action need confirm=true.");
        }
        String id = Ids.next("pi_");
        String waiting = card == null ? Intent.REQUIRES_PAYMENT_METHOD : Intent.REQUIRES_CONFIRMATION;
        Intent intent = new Intent(
                id,
                Ledger.now(),
                Ids.next(id + "_secret_"),
                change.apiVersion(),
                terms,
                new Progress(waiting, card == null ? null : card.id(), null, null, null, null, 0, null));
        change.event("payment_intent.created", view(intent));
        return confirm ? confirm(intent, form, change) : change.put(intent);
    }

    /** POST /v1/payment_intents/{id}/confirm. */
    Intent confirm(String id, Form form, Change change) {
        form.allowOnly(CONFIRM);
        Intent intent = named(id, change.ledger());
        if (!intent.is(Intent.REQUIRES_PAYMENT_METHOD)
                && !intent.is(Intent.REQUIRES_CONFIRMATION)
                && !intent.is(Intent.REQUIRES_ACTION)) {
            throw unexpected(intent, "confirm");
        }
        return confirm(intent, form, change);
    }

    private Intent confirm(Intent intent, Form form, Change change) {
        String customer = (String) intent.terms().details().get("customer");
        Card given = card(form, customer, change);
        String method = given != null ? given.id() : intent.progress().paymentMethod();
        if (method == null) {
            throw StripeError.parameter(
                    "payment_intent_unexpected_state",
                    "payment_method",
                    "This PaymentIntent has no payment method to confirm it with.");
        }
        String given3ds = form.url("return_url");
        String returnUrl = given3ds != null ? given3ds : intent.progress().returnUrl();
        if (returnUrl == null && "always".equals(intent.terms().redirects())) {
            // Stripe's default since 2023-08-16, and where integrations that only confirm with a card fall over first.
            throw StripeError.parameter(
                    null,
                    "return_url",
                    "This PaymentIntent accepts payment methods that may redirect the customer: provide a return_url, or set"
                            + " automatic_payment_methods[allow_redirects] to never, or name the payment_method_types.");
        }
        Card card = TestCards.named(method);
        if (isToBeSaved(intent) && change.method(method) == null) {
            card = TestCards.named(change.put(Method.of(card)).id());
        }
        Intent confirmed = intent.waitingFor(Intent.REQUIRES_CONFIRMATION, card.id(), returnUrl);
        boolean nobodyThere = form.flag("off_session") || form.flag("error_on_requires_action");
        if (card.is(Trait.AUTHENTICATION) && nobodyThere) {
            String code = form.flag("off_session") ? "authentication_required" : "card_declined";
            return decline(confirmed, Decline.of(code, "authentication_required"), false, change);
        }
        if (card.is(Trait.AUTHENTICATION)) {
            Intent waiting = change.put(confirmed.waitingFor(Intent.REQUIRES_ACTION));
            change.event("payment_intent.requires_action", view(waiting));
            return waiting;
        }
        return settle(confirmed, card, false, change);
    }

    /** POST /v1/payment_intents/{id}/cancel. */
    Intent cancel(String id, Form form, Change change) {
        form.allowOnly(Set.of("cancellation_reason", "expand"));
        String reason = form.text("cancellation_reason");
        if (reason != null && !REASONS.contains(reason)) {
            throw StripeError.parameter(
                    "parameter_invalid",
                    "cancellation_reason",
                    "Invalid cancellation_reason: must be one of " + REASONS);
        }
        Intent intent = named(id, change.ledger());
        if (intent.is(Intent.SUCCEEDED) || intent.is(Intent.CANCELED) || intent.is(Intent.PROCESSING)) {
            throw unexpected(intent, "cancel");
        }
        Intent canceled = change.put(intent.canceled(reason, Ledger.now()));
        change.event("payment_intent.canceled", view(canceled));
        return canceled;
    }

    /** The customer ends 3-D Secure: with success the bank is asked, else the intent wants another payment method. */
    Intent authenticate(String id, boolean success, Change change) {
        Intent intent = named(id, change.ledger());
        if (!intent.is(Intent.REQUIRES_ACTION)) {
            throw unexpected(intent, "authenticate");
        }
        if (success) {
            return settle(intent, TestCards.named(intent.progress().paymentMethod()), true, change);
        }
        Intent failed = change.put(intent.declined(Decline.of("payment_intent_authentication_failure", null), null));
        change.event("payment_intent.payment_failed", view(failed));
        return failed;
    }

    /** The bank says, late, what became of a payment that was processing. */
    Intent complete(String id, boolean success, Change change) {
        Intent intent = named(id, change.ledger());
        if (!intent.is(Intent.PROCESSING)) {
            throw unexpected(intent, "complete");
        }
        return success
                ? pay(intent, false, change)
                : decline(intent, Decline.cardDeclined("generic_decline"), false, change);
    }

    private Intent settle(Intent intent, Card card, boolean authenticated, Change change) {
        if (card.decline() != null) {
            return decline(intent, card.decline(), authenticated, change);
        }
        if (card.is(Trait.HIGHEST_RISK) && settings.radarBlocks()) {
            return decline(intent, Decline.cardDeclined("fraudulent"), authenticated, change);
        }
        if (settings.paymentsProcess()) {
            Intent processing = change.put(intent.waitingFor(Intent.PROCESSING));
            change.event("payment_intent.processing", view(processing));
            return processing;
        }
        return pay(intent, authenticated, change);
    }

    private Intent pay(Intent intent, boolean authenticated, Change change) {
        Charge charge = change.put(charge(intent, null, authenticated));
        Intent paid = change.put(intent.paidBy(charge));
        Method method = change.method(charge.paymentMethod());
        if (method != null && method.customer() == null) {
            String customer = (String) intent.terms().details().get("customer");
            change.put(isToBeSaved(intent) ? method.attached(customer) : method.used());
        }
        change.event("charge.succeeded", charge.view());
        change.event("payment_intent.succeeded", view(paid));
        if (TestCards.named(charge.paymentMethod()).is(Trait.DISPUTED)) {
            String reason = TestCards.named(charge.paymentMethod()).last4().equals("2685")
                    ? "product_not_received"
                    : "fraudulent";
            Disputes.open(charge, charge.amount(), reason, change);
        }
        return paid;
    }

    private Intent decline(Intent intent, Decline decline, boolean authenticated, Change change) {
        Charge charge = change.put(charge(intent, decline, authenticated));
        Intent declined = change.put(intent.declined(decline, charge));
        Method method = change.method(charge.paymentMethod());
        if (method != null && method.customer() == null) {
            change.put(method.used());
        }
        change.event("charge.failed", charge.view());
        change.event("payment_intent.payment_failed", view(declined));
        return declined;
    }

    private static boolean isToBeSaved(Intent intent) {
        Map<String, Object> details = intent.terms().details();
        return details.get("customer") != null && details.get("setup_future_usage") != null;
    }

    private static Charge charge(Intent intent, Decline decline, boolean authenticated) {
        return new Charge(
                Ids.next("ch_"),
                Ledger.now(),
                intent.id(),
                intent.terms().amount(),
                intent.terms().currency(),
                intent.progress().paymentMethod(),
                intent.terms().metadata(),
                decline,
                0,
                false,
                authenticated);
    }

    /** The answer to a call that confirmed: the intent, or the 402 of its decline. */
    Answer answer(Intent intent, List<String> expand, Ledger ledger) {
        Decline decline = intent.progress().decline();
        if (decline == null) {
            return Answer.ok(Expand.in(view(intent), expand, ledger, this));
        }
        return StripeError.card(decline)
                .with("charge", intent.progress().latestCharge())
                .with("payment_intent", view(intent))
                .with(
                        "payment_method",
                        TestCards.named(intent.progress().declinedMethod()).view())
                .answer();
    }

    Map<String, Object> view(Intent intent) {
        return intent.view(baseUrl);
    }

    static Intent named(String id, Ledger ledger) {
        Intent intent = ledger.intent(id);
        if (intent == null) {
            throw StripeError.notFound("payment_intent", "intent", id);
        }
        return intent;
    }

    private StripeError unexpected(Intent intent, String verb) {
        return StripeError.refused(
                        "payment_intent_unexpected_state",
                        "You cannot " + verb + " this PaymentIntent because it has a status of " + intent.status()
                                + ".")
                .with("payment_intent", view(intent));
    }

    private static Card card(Form form, String customer, Change change) {
        Form data = form.hash("payment_method_data");
        if (data.hash("card").has("number")) {
            throw StripeError.parameter(
                    null,
                    "payment_method_data[card][number]",
                    "Card numbers are not taken here: send a payment method or a token.");
        }
        String token =
                data.hash("card").text("token") != null ? data.hash("card").text("token") : data.text("token");
        if (token != null) {
            return TestCards.ofToken(token);
        }
        if (form.has("payment_method_data")) {
            throw StripeError.missing("payment_method_data[card][token]");
        }
        String id = form.text("payment_method");
        if (id == null) {
            return null;
        }
        Method method = change.ledger().method(id);
        if (method != null) {
            method.checkedFor(customer);
        } else {
            TestCards.known(id);
        }
        return TestCards.named(id);
    }

    private static Terms terms(Form form) {
        Long amount = form.positive("amount");
        String currency = form.text("currency");
        if (amount == null) {
            throw StripeError.missing("amount");
        }
        if (currency == null) {
            throw StripeError.missing("currency");
        }
        String lower = currency.toLowerCase(Locale.ROOT);
        if (Currency.getAvailableCurrencies().stream()
                .noneMatch(c -> c.getCurrencyCode().equalsIgnoreCase(lower))) {
            throw StripeError.parameter(null, "currency", "Invalid currency: " + lower);
        }
        if (amount < 50) {
            throw StripeError.parameter(
                    "amount_too_small", "amount", "The amount must be at least 50 of the smallest unit.");
        }
        if (amount > 99_999_999) {
            throw StripeError.parameter("amount_too_large", "amount", "The amount must be no more than 99999999.");
        }
        if (form.has("payment_method_types") && form.has("automatic_payment_methods")) {
            throw StripeError.parameter(
                    null,
                    "payment_method_types",
                    "Only one of automatic_payment_methods and payment_method_types may be given.");
        }
        if ("manual".equals(form.text("capture_method")) || "manual".equals(form.text("confirmation_method"))) {
            throw StripeError.parameter(
                    null, "capture_method", "The fake Stripe knows no manual capture and no manual confirmation.");
        }
        List<String> types = form.list("payment_method_types");
        if (!types.isEmpty() && !types.equals(List.of("card"))) {
            throw StripeError.parameter(
                    "parameter_invalid", "payment_method_types", "The fake Stripe knows cards only.");
        }
        String usage = form.text("setup_future_usage");
        if (usage != null && !Set.of("on_session", "off_session").contains(usage)) {
            throw StripeError.parameter(
                    "parameter_invalid",
                    "setup_future_usage",
                    "Invalid setup_future_usage: must be one of off_session or on_session");
        }
        return new Terms(
                amount,
                lower,
                form.metadata(),
                List.of("card"),
                types.isEmpty() ? redirects(form) : null,
                details(form));
    }

    private static String redirects(Form form) {
        Form automatic = form.hash("automatic_payment_methods");
        if (form.has("automatic_payment_methods") && !automatic.flag("enabled")) {
            return null;
        }
        return switch (automatic.text("allow_redirects")) {
            case null -> "always";
            case "always" -> "always";
            case "never" -> "never";
            case String _ ->
                throw StripeError.parameter(
                        "parameter_invalid",
                        "automatic_payment_methods[allow_redirects]",
                        "Invalid allow_redirects: must be one of always or never");
        };
    }

    private static Map<String, Object> details(Form form) {
        Map<String, Object> details = new LinkedHashMap<>();
        for (String name : WITHOUT_EFFECT) {
            if (form.has(name)) {
                details.put(name, name.equals("shipping") ? form.hash(name).values() : form.text(name));
            }
        }
        return details;
    }
}
