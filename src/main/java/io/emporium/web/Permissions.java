package io.emporium.web;

import static io.emporium.web.Caller.ADMIN;
import static io.emporium.web.Caller.CATALOG_MANAGER;
import static io.emporium.web.Caller.CUSTOMER;
import static io.emporium.web.Caller.SUPPORT;

import io.quarkus.security.identity.SecurityIdentity;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who may call what: a row for every endpoint (docs/security.md). {@link Doorman} goes by it, {@link ApiDocument} tells it, and
 * an endpoint without a row lets the application not start. Whose an order or a cart is stands in the queries and not here.
 */
public final class Permissions {
    private static final Set<String> SIGNED_IN = Set.of(CUSTOMER, SUPPORT, CATALOG_MANAGER, ADMIN);
    private static final Set<String> SELLERS = Set.of(SUPPORT, ADMIN);
    private static final Set<String> CATALOGUE = Set.of(CATALOG_MANAGER, ADMIN);
    private static final Set<String> ADMINS = Set.of(ADMIN);

    private static final List<Row> SHOP = List.of(
            anybody("GET /.well-known/jwks.json"),
            // Accounts and sessions
            anybody("POST /api/v1/auth/register"),
            anybody("POST /api/v1/auth/login"),
            anybody("POST /api/v1/auth/refresh"),
            anybody("POST /api/v1/auth/email/verify"),
            anybody("POST /api/v1/auth/password/forgot"),
            anybody("POST /api/v1/auth/password/reset"),
            anybody("POST /api/v1/auth/login/second-factor"),
            anybody("POST /api/v1/auth/oidc/start"),
            anybody("POST /api/v1/auth/oidc/finish"),
            only(SIGNED_IN, "POST /api/v1/auth/logout").toSecondFactor(),
            only(SIGNED_IN, "POST /api/v1/auth/email/resend"),
            only(SIGNED_IN, "PUT /api/v1/auth/password"),
            only(SIGNED_IN, "GET /api/v1/users/me").toSecondFactor(),
            only(SIGNED_IN, "PATCH /api/v1/users/me"),
            only(SIGNED_IN, "DELETE /api/v1/users/me"),
            only(SIGNED_IN, "GET /api/v1/users/me/export"),
            only(SIGNED_IN, "PUT /api/v1/users/me/devices"),
            only(SIGNED_IN, "DELETE /api/v1/users/me/devices"),
            only(SIGNED_IN, "GET /api/v1/users/me/sessions"),
            only(SIGNED_IN, "DELETE /api/v1/users/me/sessions/{session_id}"),
            only(SIGNED_IN, "GET /api/v1/users/me/identities"),
            only(SIGNED_IN, "POST /api/v1/users/me/identities"),
            only(SIGNED_IN, "DELETE /api/v1/users/me/identities/{identity_id}"),
            only(SIGNED_IN, "GET /api/v1/users/me/second-factor").toSecondFactor(),
            only(SIGNED_IN, "POST /api/v1/users/me/second-factor").toSecondFactor(),
            only(SIGNED_IN, "POST /api/v1/users/me/second-factor/confirm").toSecondFactor(),
            only(SIGNED_IN, "POST /api/v1/users/me/second-factor/recovery-codes"),
            only(SIGNED_IN, "DELETE /api/v1/users/me/second-factor"),
            only(SIGNED_IN, "GET /api/v1/users/preferences/notifications"),
            only(SIGNED_IN, "PUT /api/v1/users/preferences/notifications"),
            only(SIGNED_IN, "GET /api/v1/addresses"),
            only(SIGNED_IN, "POST /api/v1/addresses"),
            only(SIGNED_IN, "GET /api/v1/addresses/{address_id}"),
            only(SIGNED_IN, "PUT /api/v1/addresses/{address_id}"),
            only(SIGNED_IN, "DELETE /api/v1/addresses/{address_id}"),
            // The catalogue
            anybody("GET /api/v1/categories"),
            anybody("GET /api/v1/products"),
            anybody("GET /api/v1/products/search"),
            anybody("GET /api/v1/products/suggest"),
            // In full: one that is no longer sold, too.
            anybody("GET /api/v1/products/{product_id}").inFull(CATALOGUE),
            only(CATALOGUE, "POST /api/v1/products").byKey(Scope.PRODUCTS_WRITE),
            only(CATALOGUE, "PUT /api/v1/products/{product_id}").byKey(Scope.PRODUCTS_WRITE),
            only(CATALOGUE, "PATCH /api/v1/products/{product_id}").byKey(Scope.PRODUCTS_WRITE),
            only(CATALOGUE, "DELETE /api/v1/products/{product_id}").byKey(Scope.PRODUCTS_WRITE),
            only(CATALOGUE, "POST /api/v1/products/{product_id}/image").byKey(Scope.PRODUCTS_WRITE),
            only(CATALOGUE, "GET /api/v1/products/{product_id}/images").byKey(Scope.PRODUCTS_READ),
            only(CATALOGUE, "PUT /api/v1/products/{product_id}/images").byKey(Scope.PRODUCTS_WRITE),
            only(CATALOGUE, "DELETE /api/v1/products/{product_id}/images/{image_id}")
                    .byKey(Scope.PRODUCTS_WRITE),
            only(CATALOGUE, "POST /api/v1/products/import").byKey(Scope.PRODUCTS_WRITE),
            only(CATALOGUE, "GET /api/v1/products/export").byKey(Scope.PRODUCTS_READ),
            only(CATALOGUE, "GET /api/v1/inventory/low-stock").byKey(Scope.INVENTORY_READ),
            only(CATALOGUE, "GET /api/v1/inventory/{product_id}").byKey(Scope.INVENTORY_READ),
            only(CATALOGUE, "POST /api/v1/inventory/{product_id}/adjustments").byKey(Scope.INVENTORY_WRITE),
            only(CATALOGUE, "GET /api/v1/admin/search/rebuild"),
            only(CATALOGUE, "POST /api/v1/admin/search/rebuild"),
            only(CATALOGUE, "GET /api/v1/admin/search/check"),
            only(CATALOGUE, "POST /api/v1/admin/search/check"),
            // Cart and orders
            only(SIGNED_IN, "GET /api/v1/cart"),
            only(SIGNED_IN, "DELETE /api/v1/cart"),
            only(SIGNED_IN, "POST /api/v1/cart/items"),
            only(SIGNED_IN, "PUT /api/v1/cart/items/{cart_item_id}"),
            only(SIGNED_IN, "DELETE /api/v1/cart/items/{cart_item_id}"),
            only(SIGNED_IN, "GET /api/v1/orders"),
            only(SIGNED_IN, "POST /api/v1/orders"),
            only(SIGNED_IN, "GET /api/v1/orders/{order_id}"),
            only(SIGNED_IN, "POST /api/v1/orders/{order_id}/cancel"),
            // In full: anybody's.
            only(SIGNED_IN, "GET /api/v1/orders/{order_id}/transactions").inFull(SELLERS),
            only(SIGNED_IN, "GET /api/v1/orders/{order_id}/receipt.pdf").inFull(SELLERS),
            only(SELLERS, "GET /api/v1/admin/orders").byKey(Scope.ORDERS_READ),
            only(SELLERS, "GET /api/v1/admin/orders/{order_id}").byKey(Scope.ORDERS_READ),
            // In full: to cancelled, too, for then what was paid goes back.
            only(SELLERS, "PUT /api/v1/orders/{order_id}/status").inFull(ADMINS).byKey(Scope.ORDERS_WRITE),
            only(SELLERS, "POST /api/v1/orders/{order_id}/shipments").byKey(Scope.ORDERS_WRITE),
            // Money
            only(SIGNED_IN, "POST /api/v1/payments/process"),
            only(SIGNED_IN, "POST /api/v1/payments/refund").inFull(ADMINS),
            only(SIGNED_IN, "GET /api/v1/payments/{transaction_reference}").inFull(SELLERS),
            only(SIGNED_IN, "GET /api/v1/payment-methods"),
            only(SIGNED_IN, "DELETE /api/v1/payment-methods/{payment_method_id}"),
            // Signed by the provider.
            anybody("POST /api/v1/payments/webhooks/stripe"),
            anybody("POST /api/v1/payments/webhooks/paypal"),
            only(ADMINS, "GET /api/v1/payments/bank-transfers"),
            only(ADMINS, "POST /api/v1/payments/bank-transfers/{reference}/confirm"),
            only(ADMINS, "POST /api/v1/payments/bank-statements"),
            only(SELLERS, "GET /api/v1/refund-requests"),
            only(ADMINS, "POST /api/v1/refund-requests/{refund_request_id}/approve"),
            only(ADMINS, "POST /api/v1/refund-requests/{refund_request_id}/reject"),
            only(ADMINS, "POST /api/v1/refund-requests/{refund_request_id}/transferred"),
            only(ADMINS, "GET /api/v1/admin/payments/attention"),
            only(ADMINS, "POST /api/v1/admin/payments/attention/{issue_id}/resolve"),
            only(ADMINS, "POST /api/v1/admin/payments/attention/{issue_id}/refund"),
            only(ADMINS, "GET /api/v1/admin/disputes"),
            only(ADMINS, "GET /api/v1/admin/reviews"),
            only(ADMINS, "POST /api/v1/admin/reviews/{review_id}/approve"),
            only(ADMINS, "POST /api/v1/admin/reviews/{review_id}/reject"),
            // Messages
            only(SIGNED_IN, "GET /api/v1/notifications"),
            only(SIGNED_IN, "PUT /api/v1/notifications/read"),
            only(SIGNED_IN, "PUT /api/v1/notifications/{notification_id}/read"),
            // Signed by whoever reports.
            anybody("POST /api/v1/notifications/webhooks/twilio"),
            anybody("POST /api/v1/notifications/webhooks/mail"),
            // Whoever has the mail.
            anybody("GET /api/v1/unsubscribe/{token}"),
            anybody("POST /api/v1/unsubscribe/{token}"),
            anybody("GET /api/v1/c/{token}"),
            only(ADMINS, "GET /api/v1/campaigns"),
            only(ADMINS, "POST /api/v1/campaigns"),
            only(ADMINS, "GET /api/v1/campaigns/{campaign_id}"),
            only(ADMINS, "PUT /api/v1/campaigns/{campaign_id}"),
            only(ADMINS, "POST /api/v1/campaigns/{campaign_id}/preview"),
            only(ADMINS, "POST /api/v1/campaigns/{campaign_id}/test"),
            only(ADMINS, "POST /api/v1/campaigns/{campaign_id}/send"),
            only(ADMINS, "POST /api/v1/campaigns/{campaign_id}/pause"),
            only(ADMINS, "POST /api/v1/campaigns/{campaign_id}/resume"),
            only(ADMINS, "POST /api/v1/campaigns/{campaign_id}/cancel"),
            only(ADMINS, "GET /api/v1/admin/suppressions"),
            only(ADMINS, "POST /api/v1/admin/suppressions"),
            only(ADMINS, "DELETE /api/v1/admin/suppressions/{id}"),
            // Who may what
            only(ADMINS, "GET /api/v1/admin/users"),
            only(ADMINS, "PUT /api/v1/admin/users/{user_id}/role"),
            only(ADMINS, "PUT /api/v1/admin/users/{user_id}/active"),
            only(ADMINS, "DELETE /api/v1/admin/users/{user_id}/second-factor"),
            only(ADMINS, "GET /api/v1/admin/audit"),
            only(ADMINS, "GET /api/v1/admin/audit/verification"),
            only(ADMINS, "GET /api/v1/api-keys"),
            only(ADMINS, "POST /api/v1/api-keys"),
            only(ADMINS, "DELETE /api/v1/api-keys/{api_key_id}"),
            // The machinery
            only(ADMINS, "GET /api/v1/admin/outbox"),
            only(ADMINS, "POST /api/v1/admin/outbox/parked/{id}/replay"));

    /** Where a request keeps its row. */
    static final String ROW = "emporium.permission";

    /** Two rows of one endpoint stop the start. */
    private static final Map<String, Row> ROWS =
            SHOP.stream().collect(Collectors.toUnmodifiableMap(Row::endpoint, row -> row));

    private Permissions() {}

    /**
     * @param endpoint method and path template: {@code GET /api/v1/orders/{order_id}}
     * @param roles who may call it; empty: anybody, signed in or not
     * @param inFull those of them who may do more by it than others, as the row's comment says
     * @param scope with which an API key may call it, if one may: its owner must be one of the roles, too
     * @param isToSecondFactor whether it is a step to a second factor: for those, too, who may do nothing before they have one
     */
    public record Row(
            String endpoint,
            Set<String> roles,
            Set<String> inFull,
            @Nullable Scope scope,
            boolean isToSecondFactor) {
        Row inFull(Set<String> theirs) {
            return new Row(endpoint, roles, theirs, scope, isToSecondFactor);
        }

        Row byKey(Scope its) {
            return new Row(endpoint, roles, inFull, its, isToSecondFactor);
        }

        Row toSecondFactor() {
            return new Row(endpoint, roles, inFull, scope, true);
        }

        /** Whether they first have to turn on a second factor. */
        boolean wantsSecondFactorOf(SecurityIdentity caller) {
            return !isToSecondFactor && caller.getAttribute(Caller.NEEDS_SECOND_FACTOR) != null;
        }

        /** Whether nobody is asked who they are. */
        public boolean isForAnybody() {
            return roles.isEmpty();
        }

        boolean lets(SecurityIdentity caller) {
            return isOneOf(caller, roles) && isByKey(caller);
        }

        boolean letsInFull(SecurityIdentity caller) {
            // No key does: what it may do stands in its scope, and money goes out by people only.
            return isOneOf(caller, inFull)
                    && caller.getAttribute(Caller.SCOPES) == null
                    && !wantsSecondFactorOf(caller);
        }

        private static boolean isOneOf(SecurityIdentity caller, Set<String> roles) {
            for (String role : caller.getRoles()) {
                if (roles.contains(role)) {
                    return true;
                }
            }
            return false;
        }

        private boolean isByKey(SecurityIdentity caller) {
            Set<Scope> scopes = caller.getAttribute(Caller.SCOPES);
            return scopes == null || scope != null && scopes.contains(scope);
        }
    }

    static Row anybody(String endpoint) {
        return new Row(endpoint, Set.of(), Set.of(), null, false);
    }

    static Row only(Set<String> roles, String endpoint) {
        return new Row(endpoint, roles, Set.of(), null, false);
    }

    /** Null where there is none. */
    static @Nullable Row of(String endpoint) {
        return ROWS.get(endpoint);
    }

    /** All of them, in the table's order. */
    public static Stream<Row> rows() {
        return SHOP.stream();
    }
}
