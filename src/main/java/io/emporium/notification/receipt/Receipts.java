package io.emporium.notification.receipt;

import io.emporium.identity.User;
import io.emporium.notification.delivery.Wording;
import io.emporium.notification.receipt.Receipt.Movement;
import io.emporium.order.Order;
import io.emporium.order.Orders;
import io.emporium.payment.MoneyMoved;
import io.emporium.shared.Money;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Makes the receipts of paid orders, a few at once, from the order's own rows: goods, prices and address as they were at
 * checkout. Nothing is kept: as long as nothing is refunded, the same order makes the same file.
 */
@ApplicationScoped
public class Receipts {
    private static final int AT_ONCE = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
    /** Of a field; what is longer is cut. Rows hold no longer names, but a receipt must end whatever they hold. */
    private static final int LONGEST = 300;

    private final Orders orders;
    private final List<String> seller;
    private final Semaphore places = new Semaphore(AT_ONCE);
    /** Mails have theirs: who asks for many receipts holds up nobody's mail, nor do mails hold up who asks. */
    private final Semaphore mailsPlaces = new Semaphore(AT_ONCE);

    /** @param seller {@code RECEIPT_SELLER}: the shop's name and address, its lines divided by semicolons */
    Receipts(Orders orders, @ConfigProperty(name = "emporium.receipt.seller") String seller) {
        this.orders = orders;
        this.seller = List.of(seller.split("\\s*;\\s*"));
    }

    /** @param name of the file, of plain letters */
    public record File(String name, byte[] content) {}

    /**
     * @param userId whose the order must be; null: anybody's
     * @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, for another customer's order too; INVALID_STATUS_TRANSITION while
     *     it is not paid; SERVICE_UNAVAILABLE while too many are being made
     */
    public File of(long orderId, @Nullable Long userId) {
        return make(
                inTransaction(() -> {
                    Order order = userId == null ? orders.get(orderId) : orders.getOwn(orderId, userId);
                    return read(order, order.shipTo().lines());
                }),
                places);
    }

    /**
     * To be attached to a mail. Until its customer has shown that the mail's address is theirs, it does not say where the parcel
     * went: what somebody typed there would be a message to a stranger.
     *
     * @throws io.emporium.shared.Refusal as {@link #of}
     */
    public File forMail(long orderId) {
        return make(
                inTransaction(() -> {
                    Order order = orders.get(orderId);
                    boolean isTheirs = User.<User>findByIdOptional(order.userId())
                            .filter(User::isEmailVerified)
                            .isPresent();
                    return read(order, order.shipTo().linesInMail(isTheirs));
                }),
                mailsPlaces);
    }

    private static File make(Receipt receipt, Semaphore places) {
        try {
            if (!places.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw ReceiptError.busy(RETRY_AFTER);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw ReceiptError.busy(RETRY_AFTER);
        }
        try {
            String name = "receipt-" + receipt.orderNumber().replaceAll("[^A-Za-z0-9-]", "") + ".pdf";
            return new File(name, ReceiptPdf.of(receipt));
        } finally {
            places.release();
        }
    }

    // Of its own, so that no file is ever made while a transaction is open.
    private static <T> T inTransaction(Supplier<T> read) {
        return QuarkusTransaction.requiringNew().call(read::get);
    }

    private Receipt read(Order order, List<String> shippedTo) {
        List<MoneyMoved> moved = MoneyMoved.ofOrder(order.orderId());
        List<MoneyMoved> payments =
                moved.stream().filter(one -> !one.isRefund()).toList();
        if (payments.isEmpty()) {
            throw ReceiptError.notPaid(order.paymentStatus().code());
        }
        Money nothing = Money.zero(order.total().currency());
        Money paid = payments.stream().map(MoneyMoved::amount).reduce(nothing, Money::plus);
        Money kept = moved.stream().map(MoneyMoved::amount).reduce(nothing, Money::plus);
        boolean isRefunded = payments.size() < moved.size();
        Instant paidAt = payments.getFirst().at();
        return new Receipt(
                line(order.orderNumber()),
                Wording.day(order.createdAt()),
                Wording.day(paidAt),
                paidAt,
                seller.stream().map(Receipts::line).toList(),
                shippedTo.stream().map(Receipts::line).toList(),
                order.items().stream()
                        .map(item -> new Receipt.Line(
                                line(item.productName()),
                                line(item.sku()),
                                Integer.toString(item.quantity()),
                                Wording.money(item.price()),
                                Wording.money(item.subtotal())))
                        .toList(),
                Wording.money(order.total()),
                Wording.money(paid),
                isRefunded ? Wording.money(kept.minus(paid)) : null,
                Wording.money(kept),
                moved.stream().map(Receipts::movement).toList());
    }

    private static Movement movement(MoneyMoved moved) {
        return new Movement(
                Wording.day(moved.at()),
                moved.isRefund() ? "Refund" : "Payment",
                Wording.paymentMethod(moved.method().code()),
                line(moved.reference()),
                Wording.money(moved.amount()));
    }

    private static String line(String text) {
        return Text.clean(text, LONGEST);
    }
}
