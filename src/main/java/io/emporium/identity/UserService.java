package io.emporium.identity;

import io.emporium.shared.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** What somebody keeps in their own account. */
@ApplicationScoped
class UserService {
    private final Consent consent;
    private final Clock clock;

    UserService(Consent consent, Clock clock) {
        this.consent = consent;
        this.clock = clock;
    }

    User get(long userId) {
        return User.<User>findByIdOptional(userId).orElseThrow(() -> Refusal.notFound("User"));
    }

    @Transactional
    User update(long userId, UserUpdate update) {
        User user = get(userId);
        Instant now = clock.instant();
        user.rename(
                Optional.ofNullable(update.firstName()).orElse(user.firstName()),
                Optional.ofNullable(update.lastName()).orElse(user.lastName()),
                now);
        String phone = update.phone();
        if (phone != null) {
            user.callAt(phone.isEmpty() ? null : phone, now);
        }
        return user;
    }

    @Transactional
    PreferencesView preferences(long userId) {
        return PreferencesView.of(NotificationPreferences.of(userId));
    }

    @Transactional
    void prefer(long userId, PreferencesView wanted) {
        consent.prefer(userId, wanted);
    }
}
