package io.emporium.notification;

import io.emporium.web.Cache;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** How many of their notifications users have not read: every page of every client asks for it (low-level-design 7.1). */
@ApplicationScoped
class UnreadCounts {
    private static final Cache.Kind UNREAD = new Cache.Kind("unread", Duration.ofSeconds(300), 100_000, false);

    private final Cache cache;

    UnreadCounts(Cache cache) {
        this.cache = cache;
    }

    /** A user was told something, or has read something: fired in the transaction that did it. */
    record Changed(long userId) {}

    long of(long userId) {
        byte[] kept = cache.get(UNREAD, Long.toString(userId), () -> {
            long unread = QuarkusTransaction.requiringNew().call(() -> Notification.unread(userId));
            return Long.toString(unread).getBytes(StandardCharsets.US_ASCII);
        });
        return Long.parseLong(new String(kept, StandardCharsets.US_ASCII));
    }

    // After a rollback too: of a commit whose answer got lost nobody knows whether it was one.
    void on(@Observes(during = TransactionPhase.AFTER_COMPLETION) Changed changed) {
        cache.forget(UNREAD, List.of(changed.userId()));
    }
}
