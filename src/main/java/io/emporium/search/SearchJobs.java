package io.emporium.search;

import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Work on the whole index, one of a kind at a time in the cluster (table search_jobs). Whoever asks leaves a row; a worker
 * takes it with a lease that each step renews. The lease of one that died ends by itself, and another begins anew; one that
 * was only slow finds its lease gone with its next step, and stops.
 */
@ApplicationScoped
class SearchJobs {
    // Longer than a step can take: the index is given 15 s.
    private static final Duration LEASE = Duration.ofSeconds(60);
    // So long a rebuild waits for a worker of the version that asked for it.
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int ATTEMPTS = 5;
    private static final int TROUBLE = 500;

    // One of this process; its jobs are those it took.
    private final UUID worker = UUID.randomUUID();
    private final EntityManager database;

    SearchJobs(EntityManager database) {
        this.database = database;
    }

    enum Kind {
        /** A new index is filled and takes the old one's place. */
        REBUILD,
        /** Index and database are compared, and what differs is indexed again. */
        CHECK;

        String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    enum Status {
        RUNNING,
        DONE,
        FAILED
    }

    /** Somebody else is at it now: this worker was away for longer than its lease. */
    static final class LeaseLost extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LeaseLost(long job) {
            super("Another worker has taken job " + job, null, false, false);
        }
    }

    /**
     * @param done of {@code total} products, in the present attempt
     * @param began when the present attempt did; null while none has
     */
    record Job(
            long id,
            Kind kind,
            Status status,
            String reason,
            long total,
            long done,
            Findings findings,
            @Nullable String trouble,
            Instant requested,
            @Nullable Instant began,
            @Nullable Instant finished,
            Instant now) {}

    /**
     * What a check found and had indexed again.
     *
     * @param missing products on sale that the index has not
     * @param stale those it has otherwise than they are
     * @param surplus those it has although they are not on sale
     */
    record Findings(long missing, long stale, long surplus) {
        static final Findings NONE = new Findings(0, 0, 0);
    }

    /**
     * Asks for one, unless there is one already.
     *
     * @return whether it is a new one
     */
    @Transactional
    boolean request(Kind kind, String reason) {
        return database.createNativeQuery("""
                        INSERT INTO search_jobs (kind, reason, definition)
                        VALUES (:kind, :reason, CAST(:definition AS varchar))
                        ON CONFLICT (kind) WHERE status = 'running' DO NOTHING
                        """)
                        .setParameter("kind", kind.code())
                        .setParameter("reason", reason)
                        .setParameter("definition", kind == Kind.REBUILD ? IndexDefinition.fingerprint() : null)
                        .executeUpdate()
                > 0;
    }

    /** The one that is running or ended last. */
    @Transactional
    Optional<Job> latest(Kind kind) {
        List<Object[]> rows = database.createNativeQuery("""
                        SELECT job_id, status, reason, total, done, missing, stale, surplus, trouble,
                               requested_at, began_at, finished_at, clock_timestamp()
                          FROM search_jobs WHERE kind = :kind ORDER BY job_id DESC LIMIT 1
                        """, Object[].class)
                .setParameter("kind", kind.code())
                .getResultList();
        return rows.stream()
                .findFirst()
                .map(row -> new Job(
                        number(row[0]),
                        kind,
                        Status.valueOf(((String) row[1]).toUpperCase(Locale.ROOT)),
                        (String) row[2],
                        number(row[3]),
                        number(row[4]),
                        new Findings(number(row[5]), number(row[6]), number(row[7])),
                        (String) row[8],
                        (Instant) row[9],
                        (Instant) row[10],
                        (Instant) row[11],
                        (Instant) row[12]));
    }

    /** A job that nobody is at, if there is one for workers of this version; from now on this process is. */
    @Transactional
    Optional<Long> take(Kind kind) {
        List<Object[]> taken = database.createNativeQuery("""
                        UPDATE search_jobs
                           SET worker = :worker, lease_until = clock_timestamp() + make_interval(secs => :lease),
                               attempts = attempts + 1, began_at = clock_timestamp(), index_name = NULL,
                               total = 0, done = 0, missing = 0, stale = 0, surplus = 0
                         WHERE kind = :kind AND status = 'running' AND lease_until <= clock_timestamp()
                           AND (definition IS NULL OR definition = :definition
                                OR requested_at < clock_timestamp() - make_interval(secs => :patience))
                        RETURNING job_id, attempts
                        """, Object[].class)
                .setParameter("worker", worker)
                .setParameter("lease", (double) LEASE.toSeconds())
                .setParameter("kind", kind.code())
                .setParameter("definition", IndexDefinition.fingerprint())
                .setParameter("patience", (double) PATIENCE.toSeconds())
                .getResultList();
        return taken.stream().map(row -> number(row[0])).findFirst();
    }

    /**
     * Before the first step.
     *
     * @param index of a rebuild, what is being filled
     */
    @Transactional
    void begin(long job, @Nullable String index) {
        update(job, """
                index_name = CAST(:index AS varchar),
                total = (SELECT count(*) FROM products WHERE is_active)
                """, query -> query.setParameter("index", index));
    }

    /**
     * After each step.
     *
     * @throws LeaseLost if another worker is at it
     */
    @Transactional
    void progress(long job, long done, Findings findings) {
        update(
                job,
                "done = :done, missing = :missing, stale = :stale, surplus = :surplus",
                query -> query.setParameter("done", done)
                        .setParameter("missing", findings.missing())
                        .setParameter("stale", findings.stale())
                        .setParameter("surplus", findings.surplus()));
    }

    @Transactional
    void finish(long job) {
        update(job, "status = 'done', finished_at = clock_timestamp(), trouble = NULL", query -> query);
    }

    /** It is tried again after a while, and given up when that has been tried often enough. */
    @Transactional
    void fail(long job, String trouble) {
        update(
                job,
                "trouble = :trouble, index_name = NULL,"
                        + " status = CASE WHEN attempts >= " + ATTEMPTS + " THEN 'failed' ELSE status END,"
                        + " finished_at = CASE WHEN attempts >= " + ATTEMPTS + " THEN clock_timestamp() END",
                query -> query.setParameter("trouble", cut(trouble)));
        pause(job);
    }

    /** What it needs is not there: it is tried again after a while, as often as it takes. */
    @Transactional
    void postpone(long job, String trouble) {
        update(
                job,
                "trouble = :trouble, index_name = NULL, attempts = attempts - 1",
                query -> query.setParameter("trouble", cut(trouble)));
        pause(job);
    }

    private void pause(long job) {
        database.createNativeQuery(
                        "UPDATE search_jobs SET lease_until = clock_timestamp() + interval '10 seconds' WHERE job_id = :job")
                .setParameter("job", job)
                .executeUpdate();
    }

    /**
     * Whether a new index is being filled. Asked after the products of a batch were read: then either the batch goes to the
     * new index too, or the rebuild, whose row came later, reads those products as the batch has them or later.
     */
    boolean isRebuilding() {
        return QuarkusTransaction.requiringNew()
                .call(() -> !database.createNativeQuery("""
                        SELECT 1 FROM search_jobs
                         WHERE kind = 'rebuild' AND status = 'running' AND index_name IS NOT NULL
                        """, Integer.class)
                        .getResultList()
                        .isEmpty());
    }

    private void update(long job, String change, UnaryOperator<Query> withArguments) {
        int updated = withArguments
                .apply(database.createNativeQuery("UPDATE search_jobs SET " + change + """
                        , lease_until = clock_timestamp() + make_interval(secs => :lease)
                         WHERE job_id = :job AND worker = :worker AND status = 'running'
                        """)
                        .setParameter("lease", (double) LEASE.toSeconds())
                        .setParameter("job", job)
                        .setParameter("worker", worker))
                .executeUpdate();
        if (updated == 0) {
            throw new LeaseLost(job);
        }
    }

    private static String cut(String trouble) {
        return trouble.length() <= TROUBLE ? trouble : trouble.substring(0, TROUBLE);
    }

    private static long number(Object value) {
        return ((Number) value).longValue();
    }
}
