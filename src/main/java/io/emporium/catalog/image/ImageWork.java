package io.emporium.catalog.image;

import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What workers have to do (table product_images). A claim ends by itself, should its process die, and the next worker has
 * another: what the first says then is not heard. All times here are PostgreSQL's, the one clock of all processes.
 */
@ApplicationScoped
class ImageWork {
    /** Longer than a picture can take: four calls to the store, and what decoding takes on a busy machine. */
    static final Duration LEASE = Duration.ofMinutes(3);

    static final int MOST_TRIES = 5;
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    private final EntityManager database;

    ImageWork(EntityManager database) {
        this.database = database;
    }

    /** @param tries how often it was begun, this time among them */
    record Claim(long imageId, long productId, UUID token, int tries) {}

    /** @param state PROCESSING or DELETED */
    @Transactional
    Optional<Claim> claim(ImageState state) {
        UUID token = UUID.randomUUID();
        List<Object[]> claimed = database.createNativeQuery("""
                        UPDATE product_images
                           SET claim = :token, tries = tries + 1,
                               next_try_at = clock_timestamp() + make_interval(secs => :lease)
                         WHERE image_id = (
                               SELECT image_id FROM product_images
                                WHERE state = :state AND state IN ('processing', 'deleted')
                                  AND next_try_at <= clock_timestamp()
                                ORDER BY next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED)
                        RETURNING image_id, product_id, tries
                        """, Object[].class)
                .setParameter("token", token)
                .setParameter("lease", (double) LEASE.toSeconds())
                .setParameter("state", state.code())
                .getResultList();
        return claimed.stream()
                .map(row -> new Claim(number(row[0]), number(row[1]), token, (int) number(row[2])))
                .findFirst();
    }

    /** It is begun again after a pause that doubles. */
    @Transactional
    void failed(Claim claim) {
        settle(
                claim,
                "claim = NULL, next_try_at = clock_timestamp()" + " + make_interval(secs => LEAST("
                        + LONGEST_PAUSE.toSeconds() + ", 5 * 2 ^ LEAST(tries, 20)))");
    }

    /** The store is away: that was no try. */
    @Transactional
    void giveBack(Claim claim) {
        settle(claim, "claim = NULL, tries = tries - 1, next_try_at = clock_timestamp()");
    }

    /** Its objects are gone. */
    @Transactional
    void gone(Claim claim) {
        database.createNativeQuery(
                        "DELETE FROM product_images WHERE image_id = :image AND claim = :token AND state = 'deleted'")
                .setParameter("image", claim.imageId())
                .setParameter("token", claim.token())
                .executeUpdate();
    }

    private void settle(Claim claim, String change) {
        database.createNativeQuery(
                        "UPDATE product_images SET " + change + " WHERE image_id = :image AND claim = :token")
                .setParameter("image", claim.imageId())
                .setParameter("token", claim.token())
                .executeUpdate();
    }

    /** Products withdrawn, and untouched, since before then, that have pictures. */
    List<Long> withdrawn(Instant before, int most) {
        return QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery("""
                        SELECT p.product_id FROM products p
                         WHERE NOT p.is_active AND p.updated_at < :before
                           AND EXISTS (SELECT 1 FROM product_images i
                                        WHERE i.product_id = p.product_id AND i.state <> 'deleted')
                         ORDER BY p.product_id LIMIT :most
                        """, Long.class)
                        .setParameter("before", before)
                        .setParameter("most", most)
                        .getResultList());
    }

    record LeftOver(long productId, long imageId) {}

    /** Pictures that have stayed in that state since before then. */
    List<LeftOver> leftOver(ImageState state, Instant before, int most) {
        List<Object[]> rows = QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery("""
                        SELECT product_id, image_id FROM product_images
                         WHERE state = :state AND state IN ('uploading', 'refused') AND updated_at < :before
                         ORDER BY updated_at LIMIT :most
                        """, Object[].class)
                        .setParameter("state", state.code())
                        .setParameter("before", before)
                        .setParameter("most", most)
                        .getResultList());
        return rows.stream()
                .map(row -> new LeftOver(number(row[0]), number(row[1])))
                .toList();
    }

    private static long number(Object value) {
        return ((Number) value).longValue();
    }
}
