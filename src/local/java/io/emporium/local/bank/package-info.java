/**
 * The fake bank: a process of its own that keeps the shop's account, in local mode and in the tests, and whose ledger says what
 * really came and went. It is no provider that calls the shop: it gives statements, as banks do. JDK only.
 * {@link io.emporium.local.bank.FakeBank} starts it.
 *
 * <h2>Calls (JSON; amounts as numbers or texts with two decimals at most)</h2>
 * <pre>
 * POST /transfers   a customer's bank: {amount, currency, remittance (at most 140 characters), debtor_name, debtor_iban}: a credit
 * POST /payouts     the shop's own transfer: {amount, currency, remittance, creditor_name, creditor_iban}: a debit; 422 beyond the
 *                   balance. Both answer 201 with the entry; the same Idempotency-Key gets the first answer again
 * GET  /statements  ?from=2026-11-25&to=… (the days that are booked, today where nothing is said) &message=camt.054.001.08:
 *                   a camt.053.001.08, or the notification of the same entries, ISO 20022
 * </pre>
 * A credit or debit is booked on the day it is made. A remittance that is nothing but a creditor reference (ISO 11649) is shown as
 * one (Strd), anything else as it is (Ustrd).
 *
 * <h2>Switches under /_fake (JSON; an unknown name or value is 400)</h2>
 * <pre>
 * GET    /health      {"status":"UP"}
 * GET    /ledger      the oracle: {"iban", "currency", "balance", "entries":[{id, direction, amount, currency, status, remittance as
 *                     it was given, reverses …}]}, oldest first
 * GET    /calls       the last 5,000 calls: method, path, status (0: cut off), fault …
 * GET PUT /settings   of what is transferred from then on: {"reference":"as_given|spaced|lower_case|in_text|dropped",
 *                     "booking":"at_once|late" (late: PDNG until it is booked), "bank_reference":true (false: no AcctSvcrRef),
 *                     "amount_off":"0.00" (added to what was sent), "currency":null (another than was sent)}
 * POST   /entries/{id}/book      a pending one is booked
 * POST   /entries/{id}/reverse   an entry that takes it back: RvslInd, with the same remittance and the other direction
 * POST   /entries/{id}/repeat    from then on a statement has it twice, whatever days it is about
 * GET POST DELETE /faults   as those of the fake Stripe
 * POST   /reset       forgets all; settings and faults are as at the start
 * </pre>
 *
 * <h2>Not there</h2>
 * Accounts other than the shop's, signing in, fees, interest, exchange, batches, direct debits.
 */
package io.emporium.local.bank;
