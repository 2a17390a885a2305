package io.emporium.payment;

import io.emporium.payment.gateway.RefundFacts;
import io.emporium.payment.gateway.Reversal;
import io.emporium.shared.Money;
import io.emporium.shared.Page;
import io.emporium.web.AuditLog;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The list of money that a person has to look at; whatever puts something on it goes on by itself as far as it can. */
@ApplicationScoped
class PaymentIssues {
    private static final int LONGEST_DETAILS = 500;

    private final EntityManager database;
    private final AuditLog audit;
    private final PaymentSettings settings;
    private final Clock clock;

    PaymentIssues(EntityManager database, AuditLog audit, PaymentSettings settings, Clock clock) {
        this.database = database;
        this.audit = audit;
        this.settings = settings;
        this.clock = clock;
    }

    /** Once a payment or refund and reason: what somebody has looked at does not come back. */
    @Transactional(Transactional.TxType.MANDATORY)
    void open(Transaction about, IssueReason reason, String details) {
        open(about, reason, details, null, null);
    }

    /** As {@link #open}, of money in a payment of the provider's that bears our reference beside the one we know. */
    @Transactional(Transactional.TxType.MANDATORY)
    void takenTwice(Transaction payment, String capture, Money amount) {
        boolean isComparable = amount.currency().equals(payment.amount().currency());
        open(
                payment,
                IssueReason.CAPTURED_TWICE,
                amount + " in " + capture + ", beside " + payment.providerReference,
                capture,
                isComparable ? amount.amount() : null);
    }

    /** As {@link #open}, of a payment that took another amount than it was to: until it is given back nothing is paid. */
    @Transactional(Transactional.TxType.MANDATORY)
    void wrongAmount(Transaction payment, String capture, Money amount, String why) {
        boolean canGoBack =
                amount.isPositive() && amount.currency().equals(payment.amount().currency());
        open(payment, IssueReason.AMOUNT_MISMATCH, why, capture, canGoBack ? amount.amount() : null);
    }

    private void open(
            Transaction about,
            IssueReason reason,
            String details,
            @Nullable String capture,
            @Nullable BigDecimal amount) {
        database.createNativeQuery("""
                        INSERT INTO payment_issues (transaction_id, reason, details, capture, captured_amount, opened_at)
                        VALUES (:transaction, :reason, :details, CAST(:capture AS varchar), CAST(:amount AS numeric), :now) ON CONFLICT (transaction_id, reason, coalesce(capture, '')) DO NOTHING
                        """)
                .setParameter("transaction", about.transactionId())
                .setParameter("reason", reason.code())
                .setParameter("details", cut(details))
                .setParameter("capture", capture)
                .setParameter("amount", amount)
                .setParameter("now", clock.instant())
                .executeUpdate();
    }

    /** Money on the bank account that is nobody's, or not what it should be. */
    @Transactional(Transactional.TxType.MANDATORY)
    void open(BankEntry about, IssueReason reason) {
        String who = Stream.of(about.counterparty, about.counterpartyIban)
                .filter(Objects::nonNull)
                .collect(Collectors.joining(", "));
        String details = "%s %s %s%s%s: \"%s\""
                .formatted(
                        about.plainAmount().toPlainString(),
                        about.currency,
                        about.reversal ? "taken back by the bank" : about.credit ? "came" : "went",
                        about.bookedOn == null ? "" : " on " + about.bookedOn,
                        who.isEmpty() ? "" : (about.credit ? " from " : " to ") + who,
                        Objects.requireNonNullElse(about.remittance, ""));
        database.createNativeQuery("""
                        INSERT INTO payment_issues (bank_entry_id, reason, details, opened_at)
                        VALUES (:entry, :reason, :details, :now)
                        """)
                .setParameter("entry", about.entryId())
                .setParameter("reason", reason.code())
                .setParameter("details", cut(details))
                .setParameter("now", clock.instant())
                .executeUpdate();
    }

    private static String cut(String details) {
        if (details.length() <= LONGEST_DETAILS) {
            return details;
        }
        boolean isSplit = Character.isHighSurrogate(details.charAt(LONGEST_DETAILS - 1));
        return details.substring(0, isSplit ? LONGEST_DETAILS - 1 : LONGEST_DETAILS);
    }

    /**
     * For how long nobody is asked about it. After a day of asking a person has to look, and asking more often than once
     * an hour helps nobody.
     *
     * @param usual the longest pause until then
     * @param why nothing is known, for the list
     */
    @Transactional(Transactional.TxType.MANDATORY)
    Duration longestPause(Transaction about, Duration usual, String why) {
        if (!isOld(about)) {
            return usual;
        }
        open(about, IssueReason.UNSETTLED, why);
        return settings.longestPauseOfUnsettled();
    }

    /** What became of it is known after all. */
    @Transactional(Transactional.TxType.MANDATORY)
    void settled(Transaction about) {
        if (isOld(about)) {
            database.createNativeQuery("""
                            UPDATE payment_issues SET resolved_at = :now, note = 'settled by itself', version = version + 1
                             WHERE transaction_id = :transaction AND reason = 'unsettled' AND resolved_at IS NULL
                            """)
                    .setParameter("now", clock.instant())
                    .setParameter("transaction", about.transactionId())
                    .executeUpdate();
        }
    }

    /** All of a payment is back with the customer: which of its refunds had failed matters no more. */
    @Transactional(Transactional.TxType.MANDATORY)
    void givenBack(Transaction payment) {
        database.createNativeQuery("""
                        UPDATE payment_issues SET resolved_at = :now, note = 'given back after all', version = version + 1
                         WHERE reason = 'refund_failed' AND resolved_at IS NULL
                           AND transaction_id IN (SELECT transaction_id FROM refunds WHERE payment_id = :payment)
                        """)
                .setParameter("now", clock.instant())
                .setParameter("payment", payment.transactionId())
                .executeUpdate();
    }

    /** A refund that was called failed has been made: nothing is left to do about it. */
    @Transactional(Transactional.TxType.MANDATORY)
    void madeAfterAll(Transaction money) {
        database.createNativeQuery("""
                        UPDATE payment_issues SET resolved_at = :now, note = 'made after all', version = version + 1
                         WHERE reason = 'refund_failed' AND resolved_at IS NULL AND transaction_id = :money
                        """)
                .setParameter("now", clock.instant())
                .setParameter("money", money.transactionId())
                .executeUpdate();
    }

    private boolean isOld(Transaction about) {
        return about.createdAt.plus(settings.unsettledAfter()).isBefore(clock.instant());
    }

    /** The open ones, the longest waiting first. */
    @Transactional
    Page<PaymentIssueView> list(int page, int limit) {
        return PaymentIssue.pageOf(page, limit);
    }

    /** One of them, resolved or not. */
    @Transactional
    PaymentIssueView view(long issueId) {
        return PaymentIssue.view(issueId);
    }

    /** @param wrong the payment that is over with it, because it took another amount than it was to; null if there is none */
    record BegunRefund(Reversal reversal, @Nullable Long wrong) {}

    /** See {@link IssueRefunds}. @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, INVALID_STATUS_TRANSITION */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    BegunRefund beginRefund(long issueId) {
        PaymentIssue issue = PaymentIssue.lock(issueId).orElseThrow(PaymentError::issueNotFound);
        if (issue.transactionId == null) {
            throw PaymentError.notTakenTwice(issue.reason);
        }
        boolean isNew = issue.refundReference == null;
        Transaction payment =
                Transaction.<Transaction>findByIdOptional(issue.transactionId).orElseThrow();
        Reversal reversal = issue.reversal(payment);
        if (isNew) {
            audit.record(
                    "payment_issue.refund_begun",
                    "payment_issue",
                    issueId,
                    null,
                    Map.of("reference", reversal.reference(), "amount", reversal.amount()));
        }
        return new BegunRefund(reversal, issue.reason == IssueReason.AMOUNT_MISMATCH ? issue.transactionId : null);
    }

    /** See {@link IssueRefunds}; the webhook may have been quicker. */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    PaymentIssueView refunded(long adminId, long issueId, String refund, String note) {
        PaymentIssue issue = PaymentIssue.lock(issueId).orElseThrow(PaymentError::issueNotFound);
        PaymentIssueView before = PaymentIssue.view(issueId);
        issue.givenBack(refund, adminId, note, clock.instant());
        issue.flush();
        PaymentIssueView after = PaymentIssue.view(issueId);
        audit.record("payment_issue.refunded", "payment_issue", issueId, before.forTheLog(), after.forTheLog());
        return after;
    }

    /** See {@link IssueRefunds}. */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    void refundFailed(long issueId) {
        PaymentIssue.lock(issueId).filter(issue -> issue.refundId == null).ifPresent(PaymentIssue::notGivenBack);
    }

    /** See {@link IssueRefunds}; @param key under which the provider would only repeat its fault */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    void keySpoilt(long issueId, String key) {
        PaymentIssue.lock(issueId)
                .filter(issue -> issue.refundReference != null
                        && key.equals(Reversal.key(issue.refundReference, issue.spoiltKeys)))
                .ifPresent(issue -> issue.spoiltKeys++);
    }

    /** The provider tells of a refund of money that was taken twice, whoever has made it, or that it failed after all. @return whether it was of another amount than was asked for, and that payment is over */
    @Transactional(Transactional.TxType.MANDATORY)
    boolean toldOfRefund(Transaction payment, RefundFacts facts) {
        PaymentIssue issue = PaymentIssue.lockOfCapture(payment.transactionId(), facts.payment())
                .orElse(null);
        if (issue == null) {
            return false;
        }
        BigDecimal taken = issue.capturedAmount;
        boolean isAll = taken != null && taken.compareTo(BigDecimal.valueOf(facts.minorUnits(), 2)) == 0;
        if (facts.isGone() && facts.refund().equals(issue.refundId)) {
            issue.notGivenBack();
        } else if (!facts.isGone() && isAll) {
            issue.givenBack(facts.refund(), null, "given back at the provider", clock.instant());
            return issue.reason == IssueReason.AMOUNT_MISMATCH;
        }
        return false;
    }

    /**
     * Somebody has looked at it and done what there was to do.
     *
     * @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, INVALID_STATUS_TRANSITION if it is resolved already
     */
    @Transactional
    PaymentIssueView resolve(long adminId, long issueId, String note) {
        PaymentIssue issue = PaymentIssue.lock(issueId).orElseThrow(PaymentError::issueNotFound);
        PaymentIssueView before = PaymentIssue.view(issueId);
        issue.resolve(adminId, note, clock.instant());
        issue.flush();
        PaymentIssueView after = PaymentIssue.view(issueId);
        audit.record("payment_issue.resolved", "payment_issue", issueId, before.forTheLog(), after.forTheLog());
        return after;
    }
}
