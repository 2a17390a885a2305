package io.emporium.payment.stripe;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** How Stripe is reached. */
@ConfigMapping(prefix = "emporium.stripe")
public interface StripeSettings {
    /** STRIPE_SECRET_KEY: {@code sk_…} or, better, a restricted {@code rk_…}. Production does not start without it. */
    Optional<String> secretKey();

    /** STRIPE_WEBHOOK_SECRET: {@code whsec_…} of the webhook endpoint. Production does not start without it. */
    Optional<String> webhookSecret();

    /** STRIPE_API_BASE: Stripe itself, or the fake of local mode. */
    @WithDefault("https://api.stripe.com")
    URI apiBase();

    @WithDefault("3s")
    Duration connectTimeout();

    /** After it, and the connect time-out, the outcome is unknown, and the reconciler asks again. */
    @WithDefault("15s")
    Duration readTimeout();

    /** How many payments of this process may wait for Stripe at once; one more is refused with 503. */
    @WithDefault("64")
    int atOnce();

    /** After so many calls in a row without a usable answer no new payment is begun … */
    @WithDefault("5")
    int failuresInARow();

    /** … for so long; then one is let through to try. */
    @WithDefault("5s")
    Duration shutFor();

    /** How far a webhook's time stamp may be from our clock, to either side. */
    @WithDefault("5m")
    Duration webhookTolerance();
}
