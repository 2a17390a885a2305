package io.emporium.payment.fraud;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.outbox.NotAWorker;
import io.emporium.payment.fraud.Rules.Judgement;
import io.emporium.shared.Batches;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The book of judgements: a row an attempt and stage, with what it rests on. The addresses in it are erased in time. */
@ApplicationScoped
class Assessments {
    private static final int BATCH = 1_000;

    private final EntityManager database;
    private final ObjectMapper json;
    private final FraudSettings settings;
    private final Clock clock;

    Assessments(EntityManager database, ObjectMapper json, FraudSettings settings, Clock clock) {
        this.database = database;
        this.json = json;
        this.settings = settings;
        this.clock = clock;
    }

    /** When an attempt is judged. */
    enum Stage {
        ASKED,
        CAPTURED;

        String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How an attempt was judged before its provider was asked, and which card it was thought to be. */
    record Earlier(
            Verdict verdict, List<Reason> reasons, @Nullable String fingerprint) {}

    /** Who tried to pay, with what. */
    record Attempt(
            long transactionId,
            long userId,
            @Nullable String ip,
            @Nullable String token,
            @Nullable String fingerprint) {}

    /** @return whether it was the first judgement of this attempt at this stage; a second one is not kept */
    boolean record(Attempt attempt, Stage stage, Judgement judgement, Map<String, Object> facts) {
        return database.createNativeQuery("""
                                INSERT INTO fraud_assessments (transaction_id, user_id, stage, verdict, reasons, facts, ip,
                                                               payment_token, fingerprint, at)
                                VALUES (:transaction, :user, :stage, :verdict, CAST(:reasons AS jsonb), CAST(:facts AS jsonb),
                                        CAST(:ip AS varchar), CAST(:token AS varchar), CAST(:card AS varchar), :now)
                                ON CONFLICT (transaction_id, stage) DO NOTHING
                                """)
                        .setParameter("transaction", attempt.transactionId())
                        .setParameter("user", attempt.userId())
                        .setParameter("stage", stage.code())
                        .setParameter("verdict", judgement.verdict().code())
                        .setParameter("reasons", write(judgement.reasons()))
                        .setParameter("facts", write(facts))
                        .setParameter("ip", attempt.ip())
                        .setParameter("token", attempt.token())
                        .setParameter("card", attempt.fingerprint())
                        .setParameter("now", clock.instant())
                        .executeUpdate()
                == 1;
    }

    /** Empty for an attempt from before there were any judgements. */
    Optional<Earlier> earlier(long transactionId) {
        List<Object[]> rows = database.createNativeQuery("""
                        SELECT verdict, CAST(reasons AS text), fingerprint FROM fraud_assessments
                         WHERE transaction_id = :transaction AND stage = 'asked'
                        """, Object[].class)
                .setParameter("transaction", transactionId)
                .getResultList();
        return rows.stream()
                .map(row -> new Earlier(
                        Verdict.valueOf(((String) row[0]).toUpperCase(Locale.ROOT)), read((String) row[1]), (String)
                                row[2]))
                .findFirst();
    }

    /** From now on the attempt counts for its card too. */
    void isOfCard(long transactionId, @Nullable String fingerprint) {
        if (fingerprint != null) {
            database.createNativeQuery("""
                            UPDATE fraud_assessments SET fingerprint = :card
                             WHERE transaction_id = :transaction AND stage = 'asked' AND fingerprint IS DISTINCT FROM :card
                            """)
                    .setParameter("card", fingerprint)
                    .setParameter("transaction", transactionId)
                    .executeUpdate();
        }
    }

    /** From now on the attempt counts as one that its bank has declined. */
    void isDeclined(long transactionId) {
        database.createNativeQuery(
                        "UPDATE fraud_assessments SET declined = TRUE WHERE transaction_id = :transaction AND stage = 'asked'")
                .setParameter("transaction", transactionId)
                .executeUpdate();
    }

    String write(Object state) {
        try {
            return json.writeValueAsString(state);
        } catch (JsonProcessingException unwritable) {
            throw new IllegalArgumentException(unwritable);
        }
    }

    List<Reason> read(String reasons) {
        try {
            return json.readValue(reasons, new TypeReference<>() {});
        } catch (JsonProcessingException notOurs) {
            throw new IllegalStateException("Reasons that nobody can read", notOurs);
        }
    }

    /** In batches, each a transaction of its own, so that no lock is held for long. */
    @Scheduled(
            every = "1h",
            delayed = "1m",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void eraseAddresses() {
        Instant before = clock.instant().minus(settings.addressKept());
        Batches.workOff(BATCH, batch -> QuarkusTransaction.requiringNew().call(() -> eraseAddresses(before, batch)));
    }

    private int eraseAddresses(Instant before, int batch) {
        return database.createNativeQuery("""
                        UPDATE fraud_assessments SET ip = NULL WHERE assessment_id IN (
                            SELECT assessment_id FROM fraud_assessments WHERE ip IS NOT NULL AND at < :before
                             ORDER BY at LIMIT :batch FOR UPDATE SKIP LOCKED)
                        """)
                .setParameter("before", before)
                .setParameter("batch", batch)
                .executeUpdate();
    }
}
