/** What talks to Stripe: payment intents, refunds, webhook signatures, and the door that shuts while Stripe is away. */
@NullMarked
package io.emporium.payment.stripe;

import org.jspecify.annotations.NullMarked;
