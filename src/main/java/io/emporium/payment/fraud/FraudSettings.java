package io.emporium.payment.fraud;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What a merchant sets against fraud. */
@ConfigMapping(prefix = "emporium.fraud")
interface FraudSettings {
    /** Of each signal its rules, or {@code off}; a signal that is not named has none. */
    Map<Signal, List<@WithConverter(Rule.Words.class) Rule>> rules();

    /** So many payments that succeeded make a history to compare an amount with. */
    @WithDefault("3")
    int history();

    /** How long it is kept from which IP address somebody tried to pay. */
    @WithDefault("30d")
    Duration addressKept();
}
