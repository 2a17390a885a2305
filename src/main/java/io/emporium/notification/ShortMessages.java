package io.emporium.notification;

import io.emporium.identity.Devices;
import io.emporium.identity.NotificationPreferences;
import io.emporium.identity.User;
import io.emporium.notification.delivery.Channel;
import io.emporium.notification.delivery.Deliveries;
import io.emporium.notification.delivery.Message;
import io.emporium.notification.delivery.PhoneNumber;
import io.emporium.notification.delivery.PlainLine;
import io.emporium.notification.delivery.Purpose;
import io.emporium.notification.twilio.SmsText;
import io.emporium.notification.twilio.TwilioSettings;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is told by SMS and push too, in the words of the message in the shop: what cannot wait until the mail is read. */
@ApplicationScoped
class ShortMessages {
    private static final Map<String, Set<Channel>> CHANNELS = Map.of(
            "order_confirmation", Set.of(Channel.PUSH),
            "shipping_update", Set.of(Channel.SMS, Channel.PUSH),
            "order_delivered", Set.of(Channel.SMS, Channel.PUSH),
            "payment_failed", Set.of(Channel.PUSH),
            "refund", Set.of(Channel.PUSH));

    /** FCM takes 4 KB in all. */
    private static final int PUSH_LENGTH = 1_000;

    private final Deliveries deliveries;
    private final Devices devices;
    private final int mostSegments;

    ShortMessages(Deliveries deliveries, Devices devices, TwilioSettings twilio) {
        this.deliveries = deliveries;
        this.devices = devices;
        this.mostSegments = twilio.segments();
    }

    /** @param type that of the notification in the shop; most are told there and by mail only */
    void add(User customer, UUID eventId, String type, String title, String message, long orderId) {
        Set<Channel> channels = CHANNELS.getOrDefault(type, Set.of());
        if (channels.isEmpty()) {
            return;
        }
        if (channels.contains(Channel.SMS)) {
            text(customer, eventId, type, message, orderId);
        }
        if (channels.contains(Channel.PUSH)
                && NotificationPreferences.of(customer.userId()).push()) {
            push(customer, eventId, type, title, message, orderId);
        }
    }

    /** By SMS, to who wants them and has said their number. */
    void text(User customer, UUID eventId, String type, String message, long orderId) {
        @Nullable String phone = customer.phone();
        if (phone == null
                || phone.isBlank()
                || !NotificationPreferences.of(customer.userId()).sms()) {
            return;
        }
        Optional<String> number = PhoneNumber.e164(phone);
        SmsText text = SmsText.of(message, mostSegments);
        Message sms = new Message(
                Channel.SMS,
                Purpose.ORDER,
                customer.userId(),
                eventId,
                type,
                number.orElse(PlainLine.of(phone)),
                null,
                text.body(),
                null,
                text.segments(),
                new Message.About("order", orderId));
        if (number.isPresent()) {
            deliveries.add(sms);
        } else {
            deliveries.addSkipped(sms, "the number is not one with a country code");
        }
    }

    private void push(User customer, UUID eventId, String type, String title, String message, long orderId) {
        String text = PlainLine.of(message, PUSH_LENGTH);
        for (String token : devices.tokensOf(customer.userId())) {
            deliveries.add(new Message(
                    Channel.PUSH,
                    Purpose.ORDER,
                    customer.userId(),
                    eventId,
                    type,
                    token,
                    PlainLine.of(title),
                    text,
                    null,
                    null,
                    new Message.About("order", orderId)));
        }
    }
}
