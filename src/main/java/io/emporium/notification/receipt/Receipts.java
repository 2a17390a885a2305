package io.emporium.notification.receipt;

import io.emporium.identity.User;
import io.emporium.notification.receipt.Receipt.Movement;
import io.emporium.order.Order;
import io.emporium.order.Orders;
import io.emporium.payment.MoneyMoved;
import io.emporium.shared.Money;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("d MMMM uuuu", Locale.ENGLISH).withZone(ZoneOffset.UTC);

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
                    return read(order, address(order));
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
                    return read(order, isTheirs ? address(order) : List.of("The address in your order"));
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
                DAY.format(order.createdAt()),
                DAY.format(paidAt),
                paidAt,
                seller.stream().map(Receipts::line).toList(),
                shippedTo,
                order.items().stream()
                        .map(item -> new Receipt.Line(
                                line(item.productName()),
                                line(item.sku()),
                                Integer.toString(item.quantity()),
                                money(item.price()),
                                money(item.subtotal())))
                        .toList(),
                money(order.total()),
                money(paid),
                isRefunded ? money(kept.minus(paid)) : null,
                money(kept),
                moved.stream().map(Receipts::movement).toList());
    }

    private static Movement movement(MoneyMoved moved) {
        return new Movement(
                DAY.format(moved.at()),
                moved.isRefund() ? "Refund" : "Payment",
                switch (moved.method()) {
                    case CREDIT_CARD -> "Credit card";
                    case PAYPAL -> "PayPal";
                    case BANK_TRANSFER -> "Bank transfer";
                },
                line(moved.reference()),
                money(moved.amount()));
    }

    private static List<String> address(Order order) {
        var to = order.shipTo();
        List<@Nullable String> parts = new ArrayList<>();
        parts.add(to.name());
        parts.add(to.addressLine1());
        parts.add(to.addressLine2());
        parts.add(to.city() + ", " + to.state() + " " + to.postalCode());
        parts.add(to.country());
        List<String> address = new ArrayList<>();
        for (String part : parts) {
            if (part != null && !part.isBlank()) {
                address.add(line(part));
            }
        }
        return address;
    }

    private static String line(String text) {
        return Text.clean(text, LONGEST);
    }

    private static String money(Money money) {
        return String.format(Locale.ROOT, "%s %,.2f", money.currency().getCurrencyCode(), money.amount());
    }
}
