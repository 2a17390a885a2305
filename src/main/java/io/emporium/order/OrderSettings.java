package io.emporium.order;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;

/** What a merchant can set about orders. */
@ConfigMapping(prefix = "emporium.order")
interface OrderSettings {
    /** The methods a customer may choose at checkout. */
    @WithDefault("credit_card")
    List<PaymentMethod> paymentMethods();

    /** How long an order may stay unpaid before it is cancelled and its stock is free again. */
    @WithDefault("30m")
    Duration unpaidFor();

    /** As {@link #unpaidFor}, for a bank transfer: banks take days. */
    @WithDefault("7d")
    Duration unpaidForTransfer();

    /** How often the unpaid ones are looked through. */
    @WithDefault("15s")
    Duration expiryEvery();

    /** How many unpaid orders a customer may have: each holds stock that nobody else can buy. */
    @WithDefault("5")
    int mostUnpaid();

    /** The highest total, in whole units; a card provider takes no more than eight digits of cents. */
    @WithDefault("999999.99")
    BigDecimal highestTotal();
}
