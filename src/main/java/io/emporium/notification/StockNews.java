package io.emporium.notification;

/**
 * What the admins are told of a shelf. Read from the inventory module's events, which this module does not know as records.
 *
 * @param left how many there are; 0 where the event does not say
 */
record StockNews(long productId, String sku, int left) {}
