/** PayPal: Orders v2 and Payments v2 over HTTP, the webhooks, and how both are set. */
@NullMarked
package io.emporium.payment.paypal;

import org.jspecify.annotations.NullMarked;
