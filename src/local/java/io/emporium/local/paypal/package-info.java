/**
 * The fake PayPal: a process of its own that speaks the wire format of PayPal's Orders v2 and Payments v2, in local mode and in the
 * tests, and whose ledger says what really happened to the money. JDK only. {@link io.emporium.local.paypal.FakePayPal} starts it.
 *
 * <h2>As PayPal documents it</h2>
 * POST /v1/oauth2/token (basic auth, client_credentials; 401 for a wrong client, and everywhere for a token that is none or too old);
 * POST /v2/checkout/orders, GET /v2/checkout/orders/{id}, POST /v2/checkout/orders/{id}/capture; GET /v2/payments/captures/{id},
 * POST /v2/payments/captures/{id}/refund, GET /v2/payments/refunds/{id}; GET /v1/customer/disputes/{id};
 * POST /v1/notifications/verify-webhook-signature, GET /v1/notifications/certs/…; {@code Prefer: return=representation}. Refusals as PayPal has them: name, details[issue], debug_id.
 * Six hours after its last change an order that was not captured is forgotten (404).
 *
 * <p>PayPal-Request-Id: orders and captures 6 hours, refunds 45 days; the latest state of the same object again, with 200; 409
 * PREVIOUS_REQUEST_IN_PROGRESS while the first call runs; what was refused is not kept. Effect, events and kept id are one line of
 * the ledger, which is on the disk before anything is answered or delivered.
 *
 * <h2>The buyer</h2>
 * GET /checkoutnow?token={order} is the page behind the link {@code approve} or {@code payer-action}. Its form, or a POST of
 * {@code outcome=approve|cancel} and {@code funding=good|declined|pending|denied}: captured later, it is paid, INSTRUMENT_DECLINED
 * (and may be approved again with other funding), a PENDING capture, or a DECLINED one.
 *
 * <h2>Webhooks</h2>
 * CHECKOUT.ORDER.APPROVED, PAYMENT.CAPTURE.COMPLETED, .PENDING, .DENIED, .REFUNDED, .REVERSED, CUSTOMER.DISPUTE.CREATED, .UPDATED,
 * .RESOLVED; signed, retried until 2xx: after 0.2, 1, 5, 15, 30,
 * then every 60 seconds, for three days, across restarts; each try is a transmission of its own.
 *
 * <h2>Switches under /_fake (JSON; an unknown name or value is 400; no token needed)</h2>
 * <pre>
 * GET    /health      {"status":"UP"}
 * GET    /ledger      the oracle: {"orders":[…], "captures":[{id, order, status, amount, refunded, custom_id …}], "refunds":[…],
 *                     "disputes":[{id, capture, status, outcome, amount, taken …}]}, oldest first; a capture's refunded counts pending refunds, and not failed ones
 * GET    /calls       the last 5,000 calls: method, path, status (0: cut off), request_id, fault …
 * GET    /events      ?type= ?order= ?payload: {"events":[{id, type, object_id, about, pending, attempts, last_status, delivered}]}
 * POST   /events/{id}/resend   {signature?, timestamp_offset_seconds?}: sends it once more, now; {"status", "body"} of the receiver
 * GET PUT /webhook    {"url"}: where webhooks go (kept across restarts; null: nowhere)
 * POST   /webhook/post   {payload, signature?, timestamp_offset_seconds?}: sends any text as a webhook; answers as resend does
 * POST   /webhook/sign   the same parameters: the headers for it
 * GET PUT /settings   {"refunds":"succeed|pending", "token_seconds":32400, "webhooks":{"state":"on|off|hold", "duplicates":0,
 *                     "reversed":false, "delay_ms":0, "signature":"good|forged|missing|malformed|of_another_webhook|other_cert",
 *                     "timestamp_offset_seconds":0, "types":["*"]}}, as those of the fake Stripe
 * GET POST DELETE /faults   as those of the fake Stripe; "after" also strikes what was refused with 422
 * POST   /revoke_tokens   every token is void    POST /forget_request_ids   every PayPal-Request-Id is too old to be known
 * POST   /orders/{id}/approve   {"funding"?}    POST /orders/{id}/expire   its six hours are over
 * POST   /captures/{id}/complete   {"outcome":"succeed|fail"}: a pending one ends
 * POST   /captures/{id}/refund     {"amount"?, "event":"REFUNDED|REVERSED"}: by hand in PayPal's pages, or by PayPal itself
 * POST   /disputes    {"capture", "amount"?, "reason"?}: opened; it waits for the seller
 * POST   /disputes/{id}/update     {"status":"UNDER_REVIEW"}    POST /disputes/{id}/resolve   {"outcome":"RESOLVED_BUYER_FAVOUR",
 *                     "reversal":false, "refunded":"all|nothing|unsaid"}: true: PAYMENT.CAPTURE.REVERSED tells of what it has taken too;
 *                     nothing: the buyer gets 0.00 by it; unsaid: all, and amount_refunded has no value
 * POST   /refunds/{id}/complete    {"outcome":"succeed|fail"}: a pending one ends, or a completed one fails after all
 * POST   /reset       forgets all but where the webhooks go; settings and faults are as at the start
 * </pre>
 *
 * <h2>Not there</h2>
 * Authorizations, several purchase units, items and shipping, patching an order, cards, vaulting, answering a dispute, payouts.
 */
package io.emporium.local.paypal;
