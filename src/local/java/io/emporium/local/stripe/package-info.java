/**
 * The fake Stripe: a process of its own that speaks Stripe's wire format to the real stripe-java client, in local mode and in the
 * tests, and whose ledger says what really happened to the money. JDK only. {@link io.emporium.local.stripe.FakeStripe} starts it.
 *
 * <h2>Under /v1, as Stripe documents it</h2>
 * Form-encoded in, JSON out, {@code Authorization: Bearer sk_test_…}, {@code Request-Id}, {@code expand[]}:
 * POST and GET payment_intents, GET payment_intents/{id}, POST payment_intents/{id}/confirm and /cancel, GET payment_intents/search;
 * POST and GET refunds, GET refunds/{id}; GET charges, disputes, events (list and one), balance; POST and GET customers, GET
 * customers/{id}, customers/{id}/payment_methods and one of them; POST payment_methods (type=card, card[token]), GET
 * payment_methods?customer=, payment_methods/{id}, POST payment_methods/{id}/attach and /detach. A payment intent with customer and
 * setup_future_usage attaches what pays it. A payment method that has paid without belonging to a customer, or was detached, pays no
 * more, and another customer's does not pay; the test cards themselves pay as often as one likes, and saving one makes a new method.
 * Payment methods and tokens are Stripe's test ones ({@link io.emporium.local.stripe.TestCards}). As at Stripe, a confirmation needs
 * a return_url unless payment_method_types[]=card or automatic_payment_methods[allow_redirects]=never is given, and next_action is
 * redirect_to_url only where there is a return_url (else use_stripe_sdk, whose stripe_js is the page of 3-D Secure).
 *
 * <p>Idempotency keys: the first answer is kept 25 hours and given again with {@code Idempotent-Replayed: true}, declines (402), refusals
 * by state (400) and 500 after the effect too; 400 idempotency_error for other parameters, 409 while the first call runs; not kept:
 * parameters that do not pass validation, objects that are not there, 401, 429. Effect, events and kept answer are one line of the
 * ledger, which is on the disk before anything is answered or delivered.
 *
 * <h2>Webhooks</h2>
 * payment_intent.succeeded, .payment_failed, .requires_action, .canceled, .processing; charge.refunded; refund.created, .updated,
 * .failed; charge.dispute.created, .funds_withdrawn, .updated, .closed, .funds_reinstated. Also made, and delivered only where {@code types} says so: payment_intent.created,
 * charge.succeeded, .failed, .updated. {@code api_version} is the Stripe-Version of the merchant's call. Retried until 2xx: after 0.2,
 * 1, 5, 15, 30, then every 60 seconds, for three days, across restarts. Without a webhook URL events are made and not delivered.
 *
 * <h2>Switches under /_fake (JSON; an unknown name or value is 400; no key needed)</h2>
 * <pre>
 * GET    /health      {"status":"UP"}
 * GET    /ledger      the oracle: {"payment_intents":[{id, status, amount, currency, amount_received, amount_refunded, disputed,
 *                     metadata, latest_charge …}], "charges":[…], "refunds":[…], "disputes":[…], "customers":[…], "payment_methods":[…]}, in smallest units, oldest first.
 *                     A charge with "decline":null took money; amount_refunded counts pending refunds, and not failed ones.
 * GET    /calls       the last 5,000 calls under /v1: method, path, status (0: cut off), idempotency_key, replayed, fault …
 * GET    /events      ?type= ?payment_intent= ?payload=true: {"events":[{id, type, object_id, pending, attempts, last_status, delivered}]}
 * POST   /events/{id}/resend   {signature?, timestamp_offset_seconds?}: sends it once more, now; answers {"status", "body"} of the receiver
 * GET PUT /webhook    {"url", "secret"}: where webhooks go (kept across restarts; url null: nowhere)
 * POST   /webhook/post   {payload, signature?, timestamp_offset_seconds?}: sends any text as a webhook; answers as resend does
 * POST   /webhook/sign   the same parameters: {"header"}, the Stripe-Signature for it
 * GET PUT /settings   {"payments":"succeed|process", "refunds":"succeed|pending", "radar":"block|allow", "search_lag_ms":0,
 *                     "webhooks":{"state":"on|off|hold", "duplicates":0, "reversed":false, "delay_ms":0,
 *                     "signature":"good|forged|missing|malformed", "timestamp_offset_seconds":0, "types":["*"]}}
 *                     radar: whether pm_card_riskLevelHighest is declined, or charged with that risk.
 *                     Not "on": nothing goes out. What happens while "off" is never delivered by itself (resend can), while "hold"
 *                     it waits for "on", as what was undelivered before does in both.
 *                     duplicates: so many more, at the same moment. reversed: what happens within 500 ms goes out newest first.
 * GET POST DELETE /faults   POST arms one: {"kind", "when":"before|after", "method"?, "path":"/v1/**", "count":1, "skip":0, "delay_ms",
 *                     "kept":false}
 *                     kind: http_500, http_503, http_429, http_422, close (not a byte), cut (half an answer), drip (a byte every delay_ms),
 *                     hang (delay_ms, then close),
 *                     delay (delay_ms, then as usual), halt (the process dies as by SIGKILL).
 *                     path: * is one segment, ** any number. before: nothing happened, nothing is kept, but an
 *                     http_500 where "kept" is true: the key answers so from then on, as at Stripe; a delay before keeps the
 *                     key in use and the effect comes late. after: it happened, was kept, the client does not learn it; strikes
 *                     what was answered with 200 or 402. The JDK's HttpURLConnection, which stripe-java uses, sends a POST
 *                     once more by itself after "close" without a byte: "cut" is the one that reaches its caller at the first time.
 * POST   /payment_intents/{id}/authenticate   {"outcome":"succeed|fail"}: the customer ends 3-D Secure
 * GET POST /3ds/{id}  the page where a customer does the same by a click
 * POST   /payment_intents/{id}/complete   {"outcome":"succeed|fail"}: what was processing ends
 * POST   /refunds/{id}/complete   {"outcome":"succeed|fail", "failure_reason"?}: a pending refund ends, or a succeeded one fails after all
 * POST   /customers/{id}/delete   the merchant has deleted a customer in the dashboard
 * POST   /disputes    {"payment_intent", "amount"?, "reason"?}    POST /disputes/{id}/close   {"outcome":"won|lost"}
 * POST   /disputes/{id}/review   the merchant has answered: under_review
 * POST   /reset       forgets all but where the webhooks go; settings and faults are as at the start
 * </pre>
 *
 * <h2>Not there</h2>
 * Manual capture, manual confirmation, setup intents, updating an intent or a customer, anything but cards.
 */
package io.emporium.local.stripe;
