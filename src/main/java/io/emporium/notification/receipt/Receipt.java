package io.emporium.notification.receipt;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands on a receipt, as texts: the order as it was bought, and the money that has moved for it.
 *
 * @param orderNumber also the receipt's number: an order has one
 * @param placedOn day
 * @param paidOn day
 * @param paidAt when the first money came: the file's own date
 * @param seller the shop's name and address, a line each
 * @param shippedTo name and address, a line each
 * @param refunded all that went back; null if nothing did
 * @param kept what was paid less what went back
 */
record Receipt(
        String orderNumber,
        String placedOn,
        String paidOn,
        Instant paidAt,
        List<String> seller,
        List<String> shippedTo,
        List<Line> lines,
        String total,
        String paid,
        @Nullable String refunded,
        String kept,
        List<Movement> movements) {

    record Line(String name, String sku, String quantity, String price, String subtotal) {}

    /** @param what Payment or Refund */
    record Movement(String day, String what, String method, String reference, String amount) {}
}
