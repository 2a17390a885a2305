package io.emporium.notification;

import io.emporium.identity.IdentityEvent;
import io.emporium.order.OrderEvent;
import io.emporium.outbox.EventConsumer;
import io.emporium.outbox.Inbox;
import io.emporium.outbox.ReceivedEvent;
import io.emporium.payment.PaymentEvent;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/**
 * Hears what happens to accounts, orders and their money, and has the customer told; and what runs low, and has the admins
 * told.
 */
@ApplicationScoped
class NotificationConsumer implements EventConsumer {
    private final NotificationService notifications;
    private final AccountMails accountMails;
    private final Inbox inbox;

    NotificationConsumer(NotificationService notifications, AccountMails accountMails, Inbox inbox) {
        this.notifications = notifications;
        this.accountMails = accountMails;
        this.inbox = inbox;
    }

    @Incoming("notification")
    @RunOnVirtualThread
    void receive(byte[] message) {
        inbox.take(this, message);
    }

    @Override
    public String name() {
        return "notification";
    }

    @Override
    public List<String> types() {
        return List.of("order.*", "payment.*", "refund.*", "inventory.*", "user.*");
    }

    @Override
    public void on(ReceivedEvent event) {
        switch (event.type()) {
            case "order.placed" -> notifications.tellOrderPlaced(event.as(OrderEvent.OrderPlaced.class));
            case "order.confirmed" -> notifications.sendOrderConfirmation(event.as(OrderEvent.OrderConfirmed.class));
            case "order.shipped" -> notifications.sendShippingUpdate(event.as(OrderEvent.OrderShipped.class));
            case "order.delivered" -> notifications.sendDelivered(event.as(OrderEvent.OrderDelivered.class));
            case "order.cancelled" -> notifications.sendCancellation(event.as(OrderEvent.OrderCancelled.class));
            case "payment.completed" -> notifications.sendPaymentReceipt(event.as(PaymentEvent.PaymentCompleted.class));
            case "payment.failed" -> notifications.sendPaymentFailure(event.as(PaymentEvent.PaymentFailed.class));
            case "payment.transfer_awaited" ->
                notifications.sendTransferInstructions(event.as(PaymentEvent.TransferAwaited.class));
            case "payment.transfer_due" -> notifications.sendTransferReminder(event.as(PaymentEvent.TransferDue.class));
            case "payment.disputed" -> notifications.tellOfDispute(event.as(PaymentEvent.PaymentDisputed.class));
            case "payment.dispute_closed" ->
                notifications.tellOfDecision(event.as(PaymentEvent.PaymentDisputeClosed.class));
            case "inventory.low" -> notifications.sendLowStock(event, event.as(StockNews.class));
            case "inventory.sold_out" -> notifications.sendSoldOut(event, event.as(StockNews.class));
            case "refund.succeeded" -> notifications.sendRefund(event.as(PaymentEvent.RefundSucceeded.class));
            case "user.registered" -> accountMails.sendVerification(event.as(IdentityEvent.UserRegistered.class));
            case "user.verification_requested" ->
                accountMails.sendVerificationAgain(event.as(IdentityEvent.EmailVerificationRequested.class));
            case "user.password_reset_requested" ->
                accountMails.sendPasswordReset(event.as(IdentityEvent.PasswordResetRequested.class));
            case "user.password_changed" ->
                accountMails.sendPasswordChanged(event.as(IdentityEvent.PasswordChanged.class));
            case "user.second_factor_on" ->
                accountMails.sendSecondFactorOn(event.as(IdentityEvent.SecondFactorTurnedOn.class));
            case "user.second_factor_off" ->
                accountMails.sendSecondFactorOff(event.as(IdentityEvent.SecondFactorTurnedOff.class));
            case "user.identity_linked" ->
                accountMails.sendIdentityLinked(event.as(IdentityEvent.IdentityLinked.class));
            case "user.identity_unlinked" ->
                accountMails.sendIdentityUnlinked(event.as(IdentityEvent.IdentityUnlinked.class));
            case "user.recovery_code_used" ->
                accountMails.sendRecoveryCodeUsed(event.as(IdentityEvent.RecoveryCodeUsed.class));
            default -> {
                // Of no interest to a customer, or newer than this code.
            }
        }
    }
}
