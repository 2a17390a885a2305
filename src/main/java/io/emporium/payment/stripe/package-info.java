/** What talks to Stripe: payment intents, refunds, disputes, customers and their cards, webhook signatures, and the door that shuts while Stripe is away. */
@NullMarked
package io.emporium.payment.stripe;

import org.jspecify.annotations.NullMarked;
