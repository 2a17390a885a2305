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
}
