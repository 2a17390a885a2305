package io.emporium.local.stripe;

import io.emporium.local.provider.Json;
import java.util.List;
import java.util.Map;

/**
 * A payment intent: what is to be paid, and how far it got. Immutable, so that a change that fails half-way leaves nothing behind.
 *
 * <pre>
 * requires_payment_method -> requires_confirmation -> requires_action -> succeeded
 *            ^                       |                      |-> processing -> succeeded | requires_payment_method
 *            +------- declined ------+----------------------+          every state but processing, succeeded -> canceled
 * </pre>
 */
record Intent(String id, long created, String clientSecret, String apiVersion, Terms terms, Progress progress) {
    static final String REQUIRES_PAYMENT_METHOD = "requires_payment_method";
    static final String REQUIRES_CONFIRMATION = "requires_confirmation";
    static final String REQUIRES_ACTION = "requires_action";
    static final String PROCESSING = "processing";
    static final String SUCCEEDED = "succeeded";
    static final String CANCELED = "canceled";

    /**
     * What the merchant asked for. {@code amount} in the currency's smallest unit; {@code redirects} is what
     * automatic_payment_methods[allow_redirects] says, null where payment_method_types were given; {@code details} are parameters
     * that are kept and shown and have no effect (description, receipt_email, customer, shipping …).
     */
    record Terms(
            long amount,
            String currency,
            Map<String, String> metadata,
            List<String> methodTypes,
            String redirects,
            Map<String, Object> details) {}

    /** How far it got; {@code canceledAt} is 0 where it was not canceled. */
    record Progress(
            String status,
            String paymentMethod,
            String returnUrl,
            String latestCharge,
            Decline decline,
            String declinedMethod,
            long canceledAt,
            String cancellationReason) {}

    boolean is(String status) {
        return progress.status.equals(status);
    }

    String status() {
        return progress.status;
    }

    Intent waitingFor(String status) {
        return waitingFor(status, progress.paymentMethod, progress.returnUrl);
    }

    Intent waitingFor(String status, String paymentMethod, String returnUrl) {
        return at(new Progress(status, paymentMethod, returnUrl, progress.latestCharge, null, null, 0, null));
    }

    Intent paidBy(Charge charge) {
        return at(
                new Progress(SUCCEEDED, charge.paymentMethod(), progress.returnUrl, charge.id(), null, null, 0, null));
    }

    /** A declined intent asks for another payment method; {@code charge} is null where it failed before the bank was asked. */
    Intent declined(Decline decline, Charge charge) {
        String latest = charge == null ? progress.latestCharge : charge.id();
        String method = progress.paymentMethod;
        return at(new Progress(REQUIRES_PAYMENT_METHOD, null, progress.returnUrl, latest, decline, method, 0, null));
    }

    Intent canceled(String reason, long now) {
        return at(new Progress(
                CANCELED,
                progress.paymentMethod,
                progress.returnUrl,
                progress.latestCharge,
                progress.decline,
                progress.declinedMethod,
                now,
                reason));
    }

    private Intent at(Progress next) {
        return new Intent(id, created, clientSecret, apiVersion, terms, next);
    }

    /** As Stripe shows it; {@code baseUrl} is where this fake's own 3-D Secure page is found. */
    Map<String, Object> view(String baseUrl) {
        boolean paid = is(SUCCEEDED);
        Map<String, Object> view = Json.object(
                "id",
                id,
                "object",
                "payment_intent",
                "amount",
                terms.amount,
                "amount_capturable",
                0L,
                "amount_details",
                Json.object("tip", Map.of()),
                "amount_received",
                paid ? terms.amount : 0L,
                "application",
                null,
                "application_fee_amount",
                null,
                "automatic_payment_methods",
                terms.redirects == null ? null : Json.object("allow_redirects", terms.redirects, "enabled", true),
                "canceled_at",
                progress.canceledAt == 0 ? null : progress.canceledAt,
                "cancellation_reason",
                progress.cancellationReason,
                "capture_method",
                "automatic_async",
                "client_secret",
                clientSecret,
                "confirmation_method",
                "automatic",
                "created",
                created,
                "currency",
                terms.currency,
                "customer",
                null,
                "description",
                null,
                "last_payment_error",
                lastError(),
                "latest_charge",
                progress.latestCharge,
                "livemode",
                false,
                "metadata",
                terms.metadata,
                "next_action",
                is(REQUIRES_ACTION) ? nextAction(baseUrl) : null,
                "on_behalf_of",
                null,
                "payment_method",
                progress.paymentMethod,
                "payment_method_options",
                Map.of(
                        "card",
                        Json.object(
                                "installments",
                                null,
                                "mandate_options",
                                null,
                                "network",
                                null,
                                "request_three_d_secure",
                                "automatic")),
                "payment_method_types",
                terms.methodTypes,
                "processing",
                is(PROCESSING) ? Map.of("type", "card") : null,
                "receipt_email",
                null,
                "review",
                null,
                "setup_future_usage",
                null,
                "shipping",
                null,
                "source",
                null,
                "statement_descriptor",
                null,
                "statement_descriptor_suffix",
                null,
                "status",
                progress.status,
                "transfer_data",
                null,
                "transfer_group",
                null);
        view.putAll(terms.details);
        return view;
    }

    private Map<String, Object> lastError() {
        Decline decline = progress.decline;
        if (decline == null) {
            return null;
        }
        Map<String, Object> error = Json.object(
                "code", decline.code(),
                "message", decline.message(),
                "type",
                        decline.code().equals("payment_intent_authentication_failure")
                                ? "invalid_request_error"
                                : "card_error");
        if (decline.declineCode() != null) {
            error.put("charge", progress.latestCharge);
            error.put("decline_code", decline.declineCode());
        }
        if (decline.param() != null) {
            error.put("param", decline.param());
        }
        if (progress.declinedMethod != null) {
            error.put("payment_method", TestCards.named(progress.declinedMethod).view());
        }
        return error;
    }

    // As Stripe does it: a page to be sent to only where the merchant said where to come back; else it is left to its
    // JavaScript.
    private Map<String, Object> nextAction(String baseUrl) {
        String page = baseUrl + "/_fake/3ds/" + id;
        return progress.returnUrl == null
                ? Json.object(
                        "type",
                        "use_stripe_sdk",
                        "use_stripe_sdk",
                        Json.object("type", "three_d_secure_redirect", "stripe_js", page))
                : Json.object(
                        "type",
                        "redirect_to_url",
                        "redirect_to_url",
                        Json.object("return_url", progress.returnUrl, "url", page));
    }

    Map<String, Object> state() {
        return Json.object(
                "id", id,
                "created", created,
                "client_secret", clientSecret,
                "api_version", apiVersion,
                "amount", terms.amount,
                "currency", terms.currency,
                "metadata", terms.metadata,
                "method_types", terms.methodTypes,
                "redirects", terms.redirects,
                "details", terms.details,
                "status", progress.status,
                "payment_method", progress.paymentMethod,
                "return_url", progress.returnUrl,
                "latest_charge", progress.latestCharge,
                "decline", progress.decline == null ? null : progress.decline.state(),
                "declined_method", progress.declinedMethod,
                "canceled_at", progress.canceledAt,
                "cancellation_reason", progress.cancellationReason);
    }

    @SuppressWarnings("unchecked")
    static Intent from(Map<String, Object> state) {
        Terms terms = new Terms(
                Json.number(state, "amount", 0),
                Json.text(state, "currency"),
                (Map<String, String>) (Map<String, ?>) Json.map(state, "metadata"),
                (List<String>) state.get("method_types"),
                Json.text(state, "redirects"),
                Json.map(state, "details"));
        Progress progress = new Progress(
                Json.text(state, "status"),
                Json.text(state, "payment_method"),
                Json.text(state, "return_url"),
                Json.text(state, "latest_charge"),
                Decline.from(Json.map(state, "decline")),
                Json.text(state, "declined_method"),
                Json.number(state, "canceled_at", 0),
                Json.text(state, "cancellation_reason"));
        return new Intent(
                Json.text(state, "id"),
                Json.number(state, "created", 0),
                Json.text(state, "client_secret"),
                Json.text(state, "api_version"),
                terms,
                progress);
    }
}
