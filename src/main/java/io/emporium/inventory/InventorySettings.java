package io.emporium.inventory;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What a merchant can set about the stock. */
@ConfigMapping(prefix = "emporium.inventory")
interface InventorySettings {
    /** With so many left of a product the admins are told that it runs low. */
    @WithDefault("5")
    int lowStock();
}
