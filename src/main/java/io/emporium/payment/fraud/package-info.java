/**
 * Fraud signals (low-level-design 6.5): what is known of an attempt to pay, and what the rules in the configuration make of it.
 *
 * <pre>
 *   before the provider is asked   allow, review ──► charged          deny ──► declined, as a bank would
 *   when the money is here         allow ──► the order is free        review, deny ──► the order is held ──► a review
 *
 *   a review   open ──► approved (the order is free)
 *                │
 *                ├────► rejected (the order is cancelled, the money goes back)
 *                └────► closed   (the order was cancelled by its customer, or given back)
 * </pre>
 *
 * <p>The customer sees none of it: a declined card, a confirmed order, a cancelled one. A rule is a line of the configuration
 * ({@link io.emporium.payment.fraud.Rule}) about a {@link io.emporium.payment.fraud.Signal}; {@link
 * io.emporium.payment.fraud.Rules} judges, over nothing but {@link io.emporium.payment.fraud.Facts}.
 */
@NullMarked
package io.emporium.payment.fraud;

import org.jspecify.annotations.NullMarked;
