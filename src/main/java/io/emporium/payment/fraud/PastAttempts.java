package io.emporium.payment.fraud;

import io.emporium.payment.fraud.Facts.History;
import io.emporium.payment.fraud.Facts.Paid;
import io.emporium.payment.fraud.Facts.Seen;
import io.emporium.shared.Money;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was tried and paid before. Each question is answered from an index, and reads no more than the rules can tell apart.
 */
@ApplicationScoped
class PastAttempts {
    /** More payments than these make no customer better known. */
    private static final int PAYMENTS = 100;

    private final EntityManager database;
    private final Rules rules;
    private final FraudSettings settings;

    PastAttempts(EntityManager database, Rules rules, FraudSettings settings) {
        this.database = database;
        this.rules = rules;
        this.settings = settings;
    }

    /**
     * What was tried by a customer, with a card or from an address. Until this transaction ends nobody else counts the same:
     * of ten attempts at once the tenth sees nine.
     *
     * @return null if it is not known who it is
     */
    @Nullable
    Seen by(Subject subject, @Nullable Object who, Instant now) {
        if (who == null) {
            return null;
        }
        if (rules.most(subject.attempts()) > 0) {
            // The order's own lock is no help: the attempts may be for ten orders, of ten customers.
            database.createNativeQuery(
                            "SELECT CAST(pg_advisory_xact_lock(hashtextextended(:who, 6)) AS text)", String.class)
                    .setParameter("who", "fraud " + subject.column() + " " + who)
                    .getSingleResult();
        }
        String mine = subject.column() + " = :who AND ";
        return new Seen(
                newest(mine + "stage = 'asked'", subject.attempts(), who, now),
                newest(mine + "declined", subject.declines(), who, now));
    }

    private List<Instant> newest(String which, Signal signal, Object who, Instant now) {
        long most = rules.most(signal);
        return most == 0
                ? List.of()
                : database.createNativeQuery(
                                "SELECT at FROM fraud_assessments WHERE " + which
                                        + " AND at >= :since ORDER BY at DESC LIMIT :most",
                                Instant.class)
                        .setParameter("who", who)
                        .setParameter("since", now.minus(rules.longest(signal)))
                        .setParameter("most", (int) Math.min(most, Integer.MAX_VALUE))
                        .getResultList();
    }

    /** What the customer has paid before, in the currency of an amount. */
    History paid(long userId, Money amount, Instant now) {
        Instant since = now.minus(longestHistory());
        List<Object[]> rows = database.createNativeQuery("""
                        SELECT created_at, amount FROM transactions
                         WHERE user_id = :user AND currency = CAST(:currency AS char(3)) AND created_at >= :since
                           AND transaction_type = 'payment' AND status = 'completed'
                         ORDER BY created_at DESC LIMIT :most
                        """, Object[].class)
                .setParameter("user", userId)
                .setParameter("currency", amount.currency().getCurrencyCode())
                .setParameter("since", since)
                .setParameter("most", PAYMENTS)
                .getResultList();
        return new History(
                rows.stream()
                        .map(row -> new Paid((Instant) row[0], Money.of((BigDecimal) row[1], amount.currency())))
                        .toList(),
                settings.history());
    }

    private Duration longestHistory() {
        Duration over = rules.longest(Signal.AMOUNT_OVER_HISTORY);
        Duration without = rules.longest(Signal.AMOUNT_WITHOUT_HISTORY);
        return over.compareTo(without) > 0 ? over : without;
    }

    /** Which card a token stands for, where it was tried before. */
    Optional<String> cardOf(String token) {
        return database.createNativeQuery(
                        "SELECT fingerprint FROM fraud_assessments WHERE payment_token = :token AND fingerprint IS NOT NULL LIMIT 1",
                        String.class)
                .setParameter("token", token)
                .getResultStream()
                .findFirst();
    }
}
