package io.emporium.payment;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How money is followed up. */
@ConfigMapping(prefix = "emporium.payment")
interface PaymentSettings {
    /** How often the reconciler and the webhooks' sweep look for what is due. */
    Duration reconcileEvery();

    /** A recorded attempt or refund whose process died is taken up after this; longer than any call to a provider. */
    @WithDefault("25s")
    Duration firstCheck();

    /** The longest pause between two questions about an outcome nobody knows. */
    @WithDefault("20s")
    Duration longestPause();

    /** As {@link #longestPause}, for what the customer or the provider is known to be busy with. */
    @WithDefault("60s")
    Duration longestPauseWhenKnown();

    /** As {@link #longestPause}, for a refund that the provider has accepted: that can take days. */
    @WithDefault("15m")
    Duration longestPauseOfRefund();

    /**
     * For so long nothing is concluded from a search that finds nothing: a call may still be under way (18 s), and the
     * provider's index lags behind by about a minute.
     */
    @WithDefault("2m")
    Duration searchLag();

    /** As {@link #searchLag}, after a fault of the provider's own, when its index may be later than usual. */
    @WithDefault("10m")
    Duration searchLagAfterFault();

    /** How long the provider surely keeps an idempotency key; Stripe does for at least 24 hours. */
    @WithDefault("23h")
    Duration keyKept();

    /**
     * A charge that the provider answers with a fault of its own is asked for again for so long; then it is only looked for in
     * the provider's books, because the fault would be repeated for as long as the provider keeps the key.
     */
    @WithDefault("2m")
    Duration repeatedAfterFault();

    /** What is not settled for so long a person has to look at … */
    @WithDefault("24h")
    Duration unsettledAfter();

    /** … and is asked about no more often than this. */
    @WithDefault("1h")
    Duration longestPauseOfUnsettled();

    /** For so long providers' webhooks are kept that are done with; longer than any provider sends one again. */
    @WithDefault("90d")
    Duration webhooksKept();

    /** How often transfers that have not come are looked for. */
    Duration remindEvery();

    /** How long before an order's time is up its customer is reminded of the transfer; half way if the time is shorter. */
    @WithDefault("2d")
    Duration remindBefore();
}
