package io.emporium.notification.delivery;

import io.emporium.shared.Page;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that get no mail. After a hard bounce that is any mail, a receipt or a password reset as well: nobody reads
 * it, and servers that are asked again and again stop listening to us. It is skipped, with the reason, until the customer
 * has another address (the list is by address) or an admin takes it off. The other reasons stop promotion only.
 */
@ApplicationScoped
public class Suppressions {
    private static final int DETAIL_LENGTH = 500;
    private static final int LONGEST_ADDRESS = 254;

    private final EntityManager database;
    private final Clock clock;

    Suppressions(EntityManager database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Why an address is on the list. */
    public enum Reason {
        /** The mail server of the address says that there is no such mailbox. */
        HARD_BOUNCE,
        /** The reader called a mail of ours spam. */
        COMPLAINT,
        /** Somebody who runs the shop has put it there. */
        ADMIN;

        String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** An address on the list. */
    record Suppression(
            long id,
            String address,
            String reason,
            @Nullable String detail,
            Instant createdAt) {}

    /**
     * Puts an address on the list; again is fine, and changes nothing.
     *
     * @param address 3 to 254 characters; anything else is no address and is passed over
     * @param detail what was said with it, cut after 500 characters
     * @return whether it was not there for this reason before
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean add(String address, Reason reason, @Nullable String detail) {
        if (address.length() < 3 || address.length() > LONGEST_ADDRESS) {
            return false;
        }
        return database.createNativeQuery("""
                        INSERT INTO suppressions (address, reason, detail, created_at)
                        VALUES (CAST(:address AS citext), :reason, CAST(:detail AS varchar), :now)
                        ON CONFLICT (address, reason) DO NOTHING
                        """)
                        .setParameter("address", address)
                        .setParameter("reason", reason.code())
                        .setParameter(
                                "detail",
                                detail == null ? null : detail.substring(0, Math.min(detail.length(), DETAIL_LENGTH)))
                        .setParameter("now", clock.instant())
                        .executeUpdate()
                == 1;
    }

    /** Takes an address off that was there for this reason: who subscribes again, for example. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void remove(String address, Reason reason) {
        database.createNativeQuery(
                        "DELETE FROM suppressions WHERE address = CAST(:address AS citext) AND reason = :reason")
                .setParameter("address", address)
                .setParameter("reason", reason.code())
                .executeUpdate();
    }

    /** Why this address gets no mail of this purpose, if it is so; a hard bounce before the other reasons. */
    @Transactional
    public Optional<Reason> against(String address, Purpose purpose) {
        List<String> reasons = database.createNativeQuery("""
                        SELECT reason FROM suppressions WHERE address = CAST(:address AS citext)
                         ORDER BY reason <> 'hard_bounce', reason
                        """, String.class)
                .setParameter("address", address)
                .getResultList();
        return reasons.stream()
                .map(reason -> Reason.valueOf(reason.toUpperCase(Locale.ROOT)))
                .filter(reason -> reason == Reason.HARD_BOUNCE || purpose == Purpose.PROMOTION)
                .findFirst();
    }

    /** The row of an address that is on the list for this reason. */
    @Transactional(Transactional.TxType.MANDATORY)
    Suppression get(String address, Reason reason) {
        return row(database.createNativeQuery("""
                        SELECT suppression_id, CAST(address AS text), reason, detail, created_at FROM suppressions
                         WHERE address = CAST(:address AS citext) AND reason = :reason
                        """, Object[].class)
                .setParameter("address", address)
                .setParameter("reason", reason.code())
                .getSingleResult());
    }

    /** Newest first. */
    @Transactional
    Page<Suppression> page(int page, int limit) {
        List<Object[]> rows = database.createNativeQuery("""
                        SELECT suppression_id, CAST(address AS text), reason, detail, created_at FROM suppressions
                         ORDER BY suppression_id DESC LIMIT :limit OFFSET :offset
                        """, Object[].class)
                .setParameter("limit", limit)
                .setParameter("offset", Page.offset(page, limit))
                .getResultList();
        long total = ((Number) database.createNativeQuery("SELECT count(*) FROM suppressions", Long.class)
                        .getSingleResult())
                .longValue();
        return new Page<>(rows.stream().map(Suppressions::row).toList(), page, limit, total);
    }

    private static Suppression row(Object row) {
        Object[] columns = (Object[]) row;
        return new Suppression(
                ((Number) columns[0]).longValue(),
                (String) columns[1],
                (String) columns[2],
                (String) columns[3],
                (Instant) columns[4]);
    }

    /** @return what it was, or nothing where there is no suppression of that number */
    @Transactional(Transactional.TxType.MANDATORY)
    Optional<String> remove(long suppressionId) {
        List<String> removed = database.createNativeQuery(
                        "DELETE FROM suppressions WHERE suppression_id = :id RETURNING reason", String.class)
                .setParameter("id", suppressionId)
                .getResultList();
        return removed.stream().findFirst();
    }
}
