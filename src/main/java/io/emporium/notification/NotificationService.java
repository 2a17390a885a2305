package io.emporium.notification;

import io.emporium.identity.NotificationPreferences;
import io.emporium.identity.User;
import io.emporium.notification.delivery.Deliveries;
import io.emporium.notification.delivery.Wording;
import io.emporium.notification.email.Letter;
import io.emporium.notification.email.Mails;
import io.emporium.order.Order;
import io.emporium.order.OrderEvent;
import io.emporium.order.OrderEvent.OrderCancelled;
import io.emporium.order.OrderEvent.OrderConfirmed;
import io.emporium.order.OrderEvent.OrderDelivered;
import io.emporium.order.OrderEvent.OrderPlaced;
import io.emporium.order.OrderEvent.OrderShipped;
import io.emporium.order.Orders;
import io.emporium.order.PaymentStatus;
import io.emporium.outbox.DomainEvent;
import io.emporium.outbox.ReceivedEvent;
import io.emporium.payment.Declines;
import io.emporium.payment.PaymentEvent;
import io.emporium.payment.PaymentEvent.PaymentCompleted;
import io.emporium.payment.PaymentEvent.PaymentDisputeClosed;
import io.emporium.payment.PaymentEvent.PaymentDisputed;
import io.emporium.payment.PaymentEvent.PaymentFailed;
import io.emporium.payment.PaymentEvent.RefundSucceeded;
import io.emporium.payment.PaymentEvent.TransferAwaited;
import io.emporium.payment.PaymentEvent.TransferDue;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Words what a customer is told of an event, in the shop and over the channels they want (low-level-design 5.6). All of it
 * in the transaction that takes the event; what leaves the house is a delivery row, sent afterwards.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class NotificationService {
    private final Orders orders;
    private final Mails mails;
    private final Deliveries deliveries;
    private final ShortMessages shortMessages;
    private final Event<UnreadCounts.Changed> changes;
    private final Clock clock;
    private final int stockMailsAnHour;

    /** @param stockMailsAnHour how many mails about stock an admin gets */
    NotificationService(
            Orders orders,
            Mails mails,
            Deliveries deliveries,
            ShortMessages shortMessages,
            Event<UnreadCounts.Changed> changes,
            Clock clock,
            @ConfigProperty(name = "emporium.notification.stock-mails-an-hour") int stockMailsAnHour) {
        this.stockMailsAnHour = stockMailsAnHour;
        this.orders = orders;
        this.mails = mails;
        this.deliveries = deliveries;
        this.shortMessages = shortMessages;
        this.changes = changes;
        this.clock = clock;
    }

    /** In the shop only: the mail comes with the confirmation. */
    void tellOrderPlaced(OrderPlaced event) {
        tell(
                event,
                "order_placed",
                "Order Placed",
                "Your order " + event.orderNumber() + " has been placed. Total: " + Wording.money(event.total()));
    }

    /** The order is paid: its lines, total and address, as they were bought. */
    void sendOrderConfirmation(OrderConfirmed event) {
        tell(
                        event,
                        "order_confirmation",
                        "Order Confirmed",
                        "Your order " + event.orderNumber() + " has been confirmed")
                .ifPresent(customer -> mail(
                        customer,
                        event,
                        "order_confirmation",
                        "Order Confirmation - " + event.orderNumber(),
                        letter(customer, event.orderId())));
    }

    /** The order is on its way. Carrier, tracking number and estimate are told where they are known. */
    void sendShippingUpdate(OrderShipped event) {
        String tracking = event.trackingNumber() == null ? "" : ". Tracking: " + event.trackingNumber();
        tell(
                        event,
                        "shipping_update",
                        "Order Shipped",
                        "Your order " + event.orderNumber() + " has been shipped" + tracking)
                .ifPresent(customer -> mail(
                        customer,
                        event,
                        "shipping_update",
                        "Shipping Update - " + event.orderNumber(),
                        letter(customer, event.orderId())
                                .with("carrier", event.carrier())
                                .with("tracking_number", event.trackingNumber())
                                .with("estimated_delivery", Wording.date(event.estimatedDelivery()))));
    }

    void sendDelivered(OrderDelivered event) {
        tell(event, "order_delivered", "Order Delivered", "Your order " + event.orderNumber() + " has been delivered")
                .ifPresent(customer -> mail(
                        customer,
                        event,
                        "order_delivered",
                        "Order Delivered - " + event.orderNumber(),
                        letter(customer, event.orderId())));
    }

    void sendCancellation(OrderCancelled event) {
        String why = "expired".equals(event.reason()) ? ", because it was not paid in time" : "";
        tell(
                        event,
                        "order_cancelled",
                        "Order Cancelled",
                        "Your order " + event.orderNumber() + " has been cancelled" + why)
                .ifPresent(customer -> mail(
                        customer,
                        event,
                        "order_cancelled",
                        "Order Cancelled - " + event.orderNumber(),
                        letter(customer, event.orderId()).with("reason", event.reason())));
    }

    /** The money is ours. */
    void sendPaymentReceipt(PaymentCompleted event) {
        tell(
                        event,
                        "payment_receipt",
                        "Payment Received",
                        "Your payment of " + Wording.money(event.amount()) + " for order " + event.orderNumber()
                                + " has been received")
                .ifPresent(customer -> mail(
                        customer,
                        event,
                        "payment_receipt",
                        "Payment Receipt - " + event.orderNumber(),
                        letter(customer, event.orderId())
                                .with("amount", Wording.money(event.amount()))
                                .with("transaction_reference", event.transactionReference())
                                .with("payment_method", Wording.paymentMethod(event.paymentMethod()))
                                .with("paid_at", Wording.time(event.at()))));
    }

    void sendPaymentFailure(PaymentFailed event) {
        String type = "payment_failed";
        String message = "Your payment of " + Wording.money(event.amount()) + " for order " + event.orderNumber()
                + " did not go through. You can try again";
        tell(event, type, "Payment Failed", message).ifPresent(customer -> {
            // No bank counts what our own rules deny: a stranger could have SMS sent to any number, and we would pay.
            if (Declines.isOfTheBank(event.transactionReference())) {
                shortMessages.text(customer, event.id(), type, message, event.orderId());
            }
            mail(
                    customer,
                    event,
                    type,
                    "Payment Failed - " + event.orderNumber(),
                    letter(customer, event.orderId())
                            .with("amount", Wording.money(event.amount()))
                            .with("payment_method", Wording.paymentMethod(event.paymentMethod())));
        });
    }

    void sendRefund(RefundSucceeded event) {
        tell(
                        event,
                        "refund",
                        "Refund Issued",
                        Wording.money(event.amount()) + " for order " + event.orderNumber() + " has been refunded")
                .ifPresent(customer -> mail(
                        customer,
                        event,
                        "refund",
                        "Refund - " + event.orderNumber(),
                        letter(customer, event.orderId()).with("amount", Wording.money(event.amount()))));
    }

    /** Where to pay what is to be paid by transfer, and until when. */
    void sendTransferInstructions(TransferAwaited event) {
        tell(
                        event,
                        "transfer_instructions",
                        "Waiting for Your Transfer",
                        "Please transfer " + Wording.money(event.amount()) + " for order " + event.orderNumber()
                                + " until " + Wording.time(event.dueBy()) + ". Reference: " + event.reference())
                .ifPresent(customer -> mail(
                        customer,
                        event,
                        "transfer_instructions",
                        "How to Pay - " + event.orderNumber(),
                        letter(customer, event.orderId())
                                .with("amount", Wording.money(event.amount()))
                                .with("account_holder", event.accountHolder())
                                .with("iban", Wording.iban(event.iban()))
                                .with("bic", event.bic())
                                .with("reference", event.reference())
                                .with("due_by", Wording.time(event.dueBy()))));
    }

    /** Once, while there is time. Who has paid or cancelled in between hears nothing. */
    void sendTransferReminder(TransferDue event) {
        Order order = orders.get(event.orderId());
        if (order.paymentStatus() != PaymentStatus.PENDING_VERIFICATION) {
            return;
        }
        tell(
                        event,
                        "transfer_reminder",
                        "Your Transfer Has Not Arrived",
                        "We keep order " + event.orderNumber() + " for you until " + Wording.time(event.dueBy())
                                + ". Reference: " + event.reference())
                .ifPresent(customer -> mail(
                        customer,
                        event,
                        "transfer_reminder",
                        "Transfer Reminder - " + event.orderNumber(),
                        Letter.about(customer, order)
                                .with("amount", Wording.money(event.amount()))
                                .with("account_holder", event.accountHolder())
                                .with("iban", Wording.iban(event.iban()))
                                .with("bic", event.bic())
                                .with("reference", event.reference())
                                .with("due_by", Wording.time(event.dueBy()))));
    }

    /** A customer has asked their bank for the money back: for those who run the shop, and in the shop only. */
    void tellOfDispute(PaymentDisputed event) {
        String due = event.evidenceDueBy() == null
                ? ""
                : ". It can be answered until " + Wording.time(event.evidenceDueBy());
        tellAdmins(
                event.id(),
                "order",
                event.orderId(),
                "payment_disputed",
                "Payment Disputed",
                "The payment of order " + event.orderNumber() + " is disputed over " + Wording.money(event.amount())
                        + " (" + event.reason() + ")" + due);
    }

    void tellOfDecision(PaymentDisputeClosed event) {
        tellAdmins(
                event.id(),
                "order",
                event.orderId(),
                "payment_dispute_closed",
                "Dispute Closed",
                "The dispute over " + Wording.money(event.amount()) + " of order " + event.orderNumber()
                        + " is closed: " + event.status());
    }

    /** To every admin. That the last ones went at once is told as being sold out. */
    void sendLowStock(ReceivedEvent event, StockNews news) {
        if (news.pieces() > 0) {
            String message = "Only " + news.pieces() + " of " + news.sku() + " left";
            sendStockNews(event, news, "low_stock", "Low Stock", message);
        }
    }

    void sendSoldOut(ReceivedEvent event, StockNews news) {
        sendStockNews(event, news, "sold_out", "Sold Out", news.sku() + " is sold out");
    }

    // In a flash sale all that sells out is told in the shop, and only the first of an hour by mail.
    private void sendStockNews(ReceivedEvent event, StockNews news, String type, String title, String message) {
        for (User admin : tellAdmins(event.id(), "product", news.productId(), type, title, message)) {
            long left = stockMailsAnHour
                    - deliveries.mailsSince(
                            admin.userId(),
                            List.of("low_stock", "sold_out"),
                            clock.instant().minus(Duration.ofHours(1)));
            if (left > 0) {
                Letter letter = Letter.to(admin)
                        .with("sku", news.sku())
                        .with("product_id", Long.toString(news.productId()))
                        .with("left", Integer.toString(news.pieces()))
                        .with("last_for_now", left == 1 ? "yes" : null);
                mail(admin, event.id(), type, title + " - " + news.sku(), letter);
            }
        }
    }

    /** @return those to whom it was news */
    private List<User> tellAdmins(UUID eventId, String about, long id, String type, String title, String message) {
        Instant now = clock.instant();
        List<User> told = new ArrayList<>();
        for (long adminId : User.activeAdmins()) {
            if (Notification.tell(adminId, eventId, type, title, message, about, id, now)) {
                changes.fire(new UnreadCounts.Changed(adminId));
                User.<User>findByIdOptional(adminId).ifPresent(told::add);
            }
        }
        return told;
    }

    private Optional<User> tell(OrderEvent event, String type, String title, String message) {
        return tell(event, event.userId(), event.orderId(), type, title, message);
    }

    private Optional<User> tell(PaymentEvent event, String type, String title, String message) {
        return tell(event, event.userId(), event.orderId(), type, title, message);
    }

    /** @return who is to be written to as well; nobody where the event has told them before or they have left */
    private Optional<User> tell(
            DomainEvent event, long userId, long orderId, String type, String title, String message) {
        Optional<User> customer = User.<User>findByIdOptional(userId).filter(User::isActive);
        if (customer.isEmpty()
                || !Notification.tell(userId, event.id(), type, title, message, "order", orderId, clock.instant())) {
            return Optional.empty();
        }
        changes.fire(new UnreadCounts.Changed(userId));
        shortMessages.add(customer.get(), event.id(), type, title, message, orderId);
        return customer;
    }

    private Letter letter(User customer, long orderId) {
        Order order = orders.get(orderId);
        return Letter.about(customer, order);
    }

    private void mail(User customer, DomainEvent event, String type, String subject, Letter letter) {
        mail(customer, event.id(), type, subject, letter);
    }

    private void mail(User somebody, UUID eventId, String type, String subject, Letter letter) {
        if (NotificationPreferences.of(somebody.userId()).email()) {
            mails.add(somebody, eventId, type, subject, letter);
        }
    }
}
