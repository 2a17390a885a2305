package io.emporium.notification;

import org.jspecify.annotations.Nullable;

/**
 * What the admins are told of a shelf. Read from the inventory module's events, which this module does not know as records.
 *
 * @param left how many there are; null where the event does not say, since there are none
 */
record StockNews(long productId, String sku, @Nullable Integer left) {
    int pieces() {
        return left == null ? 0 : left;
    }
}
