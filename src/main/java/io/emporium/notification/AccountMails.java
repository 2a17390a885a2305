package io.emporium.notification;

import io.emporium.identity.IdentityEvent;
import io.emporium.identity.IdentityEvent.EmailVerificationRequested;
import io.emporium.identity.IdentityEvent.IdentityLinked;
import io.emporium.identity.IdentityEvent.IdentityUnlinked;
import io.emporium.identity.IdentityEvent.PasswordChanged;
import io.emporium.identity.IdentityEvent.PasswordResetRequested;
import io.emporium.identity.IdentityEvent.RecoveryCodeUsed;
import io.emporium.identity.IdentityEvent.SecondFactorTurnedOff;
import io.emporium.identity.IdentityEvent.SecondFactorTurnedOn;
import io.emporium.identity.IdentityEvent.UserRegistered;
import io.emporium.identity.User;
import io.emporium.notification.delivery.Wording;
import io.emporium.notification.email.Letter;
import io.emporium.notification.email.Mails;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;

/**
 * Mails about an account itself. They go out whatever somebody prefers to hear: without them an account can be lost, or
 * taken, unnoticed. The secrets in them are made when they leave (identity.AccountTokens) and stand in no row.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class AccountMails {
    private final Mails mails;

    AccountMails(Mails mails) {
        this.mails = mails;
    }

    void sendVerification(UserRegistered event) {
        verification(event);
    }

    void sendVerificationAgain(EmailVerificationRequested event) {
        verification(event);
    }

    void sendPasswordReset(PasswordResetRequested event) {
        send(event, "password_reset", "Reset your password", "/reset-password", "Choose a new password");
    }

    void sendPasswordChanged(PasswordChanged event) {
        tell(event, "password_changed", "Your password was changed");
    }

    void sendSecondFactorOn(SecondFactorTurnedOn event) {
        tell(event, "second_factor_on", "Signing in takes a second factor now");
    }

    void sendSecondFactorOff(SecondFactorTurnedOff event) {
        tell(event, "second_factor_off", "Signing in takes no second factor any more");
    }

    void sendRecoveryCodeUsed(RecoveryCodeUsed event) {
        tell(event, "recovery_code_used", "A recovery code of your account was used");
    }

    void sendIdentityLinked(IdentityLinked event) {
        tell(event, "identity_linked", "You can sign in at another provider now");
    }

    void sendIdentityUnlinked(IdentityUnlinked event) {
        tell(event, "identity_unlinked", "Your sign-in at another provider was unlinked");
    }

    private void tell(IdentityEvent event, String type, String subject) {
        User.<User>findByIdOptional(event.userId())
                .filter(User::isActive)
                .ifPresent(user -> mails.add(
                        user,
                        event.id(),
                        type,
                        subject,
                        Letter.aboutAccount(user).with("at", Wording.time(event.at()))));
    }

    private void verification(IdentityEvent event) {
        send(event, "verify_email", "Verify your e-mail address", "/verify-email", "Verify this address");
    }

    private void send(IdentityEvent event, String type, String subject, String page, String action) {
        User.<User>findByIdOptional(event.userId())
                .filter(User::isActive)
                .ifPresent(user -> mails.add(
                        user,
                        event.id(),
                        type,
                        subject,
                        Letter.aboutAccount(user).withSecret(page, action)));
    }
}
