package io.emporium.payment.paypal;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** How PayPal is reached. Without client and secret it is not offered; half of the settings stops the start. */
@ConfigMapping(prefix = "emporium.paypal")
interface PayPalSettings {
    /** PAYPAL_CLIENT_ID of the REST app. */
    Optional<String> clientId();

    /** PAYPAL_CLIENT_SECRET of the same app. */
    Optional<String> clientSecret();

    /** PAYPAL_WEBHOOK_ID of the webhook /api/v1/payments/webhooks/paypal: what its signatures are made for. */
    Optional<String> webhookId();

    /** PAYPAL_API_BASE: PayPal itself, its sandbox, or the fake of local mode. */
    @WithDefault("https://api-m.paypal.com")
    URI apiBase();

    /** PAYPAL_RETURN_URL: the shop's page for a buyer who has approved; PayPal adds {@code token}. */
    Optional<String> returnUrl();

    /** PAYPAL_CANCEL_URL: the shop's page for a buyer who has not. */
    Optional<String> cancelUrl();

    @WithDefault("3s")
    Duration connectTimeout();

    /** After it the outcome is unknown, and the reconciler asks again. */
    @WithDefault("15s")
    Duration readTimeout();

    /** How many payments of this process may wait for PayPal at once; one more is refused with 503. */
    @WithDefault("64")
    int atOnce();

    /** After so many calls in a row without a usable answer no new payment is begun … */
    @WithDefault("5")
    int failuresInARow();

    /** … for so long; then one is let through to try. */
    @WithDefault("5s")
    Duration shutFor();

    /** How far a webhook's time stamp may be ahead of our clock. */
    @WithDefault("5m")
    Duration webhookTolerance();

    /**
     * How old a webhook may be. PayPal repeats one for three days and does not say whether a repetition has a time of
     * its own; an old one does no harm, since what it is about is asked for.
     */
    @WithDefault("4d")
    Duration webhookAge();
}
