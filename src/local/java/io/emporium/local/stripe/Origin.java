package io.emporium.local.stripe;

/** What caused a change: the merchant's call, or a switch (then without an idempotency key). */
record Origin(String requestId, String idempotencyKey, String apiVersion) {}
