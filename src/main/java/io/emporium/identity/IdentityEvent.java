package io.emporium.identity;

import io.emporium.outbox.DomainEvent;
import java.time.Instant;
import java.util.UUID;

/** What happens to accounts. Told by id only: personal data stays in the database. */
public sealed interface IdentityEvent extends DomainEvent {
    long userId();

    @Override
    default String entityType() {
        return "user";
    }

    @Override
    default long entityId() {
        return userId();
    }

    record UserRegistered(UUID id, long userId, Instant at) implements IdentityEvent {
        @Override
        public String type() {
            return "user.registered";
        }
    }

    /** They ask once more for the mail that verifies their address. */
    record EmailVerificationRequested(UUID id, long userId, Instant at) implements IdentityEvent {
        @Override
        public String type() {
            return "user.verification_requested";
        }
    }

    /** Somebody says that they have forgotten the password of this account. */
    record PasswordResetRequested(UUID id, long userId, Instant at) implements IdentityEvent {
        @Override
        public String type() {
            return "user.password_reset_requested";
        }
    }

    /** By its owner, who knew the old one or read the mail. */
    record PasswordChanged(UUID id, long userId, Instant at) implements IdentityEvent {
        @Override
        public String type() {
            return "user.password_changed";
        }
    }

    /** From now on a sign-in takes a code of their app, too. */
    record SecondFactorTurnedOn(UUID id, long userId, Instant at) implements IdentityEvent {
        @Override
        public String type() {
            return "user.second_factor_on";
        }
    }

    /** The password alone will do again: by themselves, or by an admin. */
    record SecondFactorTurnedOff(UUID id, long userId, Instant at) implements IdentityEvent {
        @Override
        public String type() {
            return "user.second_factor_off";
        }
    }

    /** Somebody has shown a recovery code in the app's stead. */
    record RecoveryCodeUsed(UUID id, long userId, Instant at) implements IdentityEvent {
        @Override
        public String type() {
            return "user.recovery_code_used";
        }
    }

    /** They can sign in at another provider from now on. */
    record IdentityLinked(UUID id, long userId, Instant at) implements IdentityEvent {
        @Override
        public String type() {
            return "user.identity_linked";
        }
    }

    /** What they show at another provider opens their account no longer. */
    record IdentityUnlinked(UUID id, long userId, Instant at) implements IdentityEvent {
        @Override
        public String type() {
            return "user.identity_unlinked";
        }
    }
}
