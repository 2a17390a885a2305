package io.emporium.local.stripe;

import io.emporium.local.provider.Json;
import java.util.Map;

/** Whoever payment methods belong to. One that was deleted is known by its id and of no more use. */
record Customer(String id, long created, String email, Map<String, String> metadata, boolean deleted) {
    Customer gone() {
        return new Customer(id, created, null, Map.of(), true);
    }

    Map<String, Object> view() {
        return deleted
                ? Json.object("id", id, "object", "customer", "deleted", true)
                : Json.object(
                        "id",
                        id,
                        "object",
                        "customer",
                        "address",
                        null,
                        "balance",
                        0L,
                        "created",
                        created,
                        "currency",
                        null,
                        "default_source",
                        null,
                        "delinquent",
                        false,
                        "description",
                        null,
                        "email",
                        email,
                        "invoice_settings",
                        Json.object("default_payment_method", null),
                        "livemode",
                        false,
                        "metadata",
                        metadata,
                        "name",
                        null,
                        "phone",
                        null,
                        "shipping",
                        null);
    }

    Map<String, Object> state() {
        return Json.object("id", id, "created", created, "email", email, "metadata", metadata, "deleted", deleted);
    }

    @SuppressWarnings("unchecked")
    static Customer from(Map<String, Object> state) {
        return new Customer(
                Json.text(state, "id"),
                Json.number(state, "created", 0),
                Json.text(state, "email"),
                (Map<String, String>) (Map<String, ?>) Json.map(state, "metadata"),
                Json.flag(state, "deleted"));
    }
}
