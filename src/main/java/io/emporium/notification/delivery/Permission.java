package io.emporium.notification.delivery;

import io.emporium.identity.Devices;
import io.emporium.identity.NotificationPreferences;
import io.emporium.identity.User;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asked at the last moment before a message leaves: between its row and its turn the customer may have turned the channel
 * off, withdrawn consent, left, or handed the phone on, or so much time may have passed that it is no news any more.
 */
@ApplicationScoped
class Permission {
    static final String TOO_LATE = "too late: it has waited for longer than it is news";

    private final Suppressions suppressions;
    private final Devices devices;
    private final Clock clock;

    Permission(Suppressions suppressions, Devices devices, Clock clock) {
        this.clock = clock;
        this.suppressions = suppressions;
        this.devices = devices;
    }

    /** Why a message must not be sent, in words that stay with its row; nothing where it may. */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    Optional<String> against(Delivery delivery) {
        if (delivery.sendBy() != null && delivery.sendBy().isBefore(clock.instant())) {
            return Optional.of(TOO_LATE);
        }
        Long userId = delivery.userId();
        String objection = userId == null ? null : ofUser(delivery, userId);
        if (objection == null && delivery.channel() == Channel.EMAIL) {
            return suppressions
                    .against(delivery.recipient(), delivery.purpose())
                    .map(reason -> "the address is on the suppression list: " + reason.code());
        }
        return Optional.ofNullable(objection);
    }

    private @Nullable String ofUser(Delivery delivery, long userId) {
        User user = User.<User>findByIdOptional(userId).orElse(null);
        if (user == null || !user.isActive()) {
            return "the account is closed";
        }
        NotificationPreferences wants = NotificationPreferences.of(userId);
        if (delivery.purpose() != Purpose.ACCOUNT && !wants(wants, delivery.channel())) {
            return "the customer has turned the channel off";
        }
        if (delivery.purpose() == Purpose.PROMOTION && !wants.promotional()) {
            return "the customer does not consent to promotions";
        }
        if (delivery.purpose() == Purpose.PROMOTION && delivery.channel() == Channel.EMAIL && !user.isEmailVerified()) {
            // Whoever consented need not be whom the address belongs to.
            return "the address is not verified";
        }
        return switch (delivery.channel()) {
            case EMAIL -> null;
            case SMS ->
                PhoneNumber.e164(user.phone())
                                .filter(delivery.recipient()::equals)
                                .isPresent()
                        ? null
                        : "the number is not the customer's any more";
            case PUSH ->
                devices.isOf(delivery.recipient(), userId) ? null : "the device is not the customer's any more";
        };
    }

    static boolean wants(NotificationPreferences preferences, Channel channel) {
        return switch (channel) {
            case EMAIL -> preferences.email();
            case SMS -> preferences.sms();
            case PUSH -> preferences.push();
        };
    }
}
