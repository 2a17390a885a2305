package io.emporium.payment;

import io.emporium.order.Order;
import io.emporium.order.Orders;
import io.emporium.payment.bank.StatementEntry;
import io.emporium.payment.gateway.RefundOutcome.Succeeded;
import io.emporium.shared.CardNumbers;
import io.emporium.shared.Money;
import io.emporium.web.AuditLog;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What came to the shop's bank account, and went from it, is found again among the payments and refunds: an entry once, in a
 * transaction of its own. What fits settles them as an admin's word would; what does not is on the list for a person
 * ({@link PaymentIssues}), for it is money.
 */
@ApplicationScoped
class BankEntries {
    /** The most that a transfer's note of what came instead can hold. */
    private static final BigDecimal MOST_REPORTED = new BigDecimal("9999999999.99");

    private final Orders orders;
    private final BankTransfers transfers;
    private final RefundSettlement refundSettlement;
    private final PaymentIssues issues;
    private final AuditLog audit;
    private final Clock clock;

    BankEntries(
            Orders orders,
            BankTransfers transfers,
            RefundSettlement refundSettlement,
            PaymentIssues issues,
            AuditLog audit,
            Clock clock) {
        this.orders = orders;
        this.transfers = transfers;
        this.refundSettlement = refundSettlement;
        this.issues = issues;
        this.audit = audit;
        this.clock = clock;
    }

    /** Takes a booked entry, if it was not taken before. */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    StatementReport.Line take(StatementEntry said) {
        Optional<BankEntry> recorded = BankEntry.record(said, clock.instant());
        if (recorded.isEmpty()) {
            BankEntry earlier = BankEntry.recorded(said);
            EntryOutcome takenAs = earlier.outcome;
            return StatementReport.Line.of(
                    said, EntryOutcome.ALREADY_TAKEN, takenAs, transaction(earlier.transactionId));
        }
        BankEntry entry = recorded.get();
        if (said.isReversal()) {
            entry.outcome = reversed(entry, said);
        } else {
            entry.outcome = said.isCredit() ? came(entry, said) : went(entry, said);
        }
        entry.outcome.issue().ifPresent(reason -> forAPerson(entry, said, reason));
        entry.flush();
        StatementReport.Line line =
                StatementReport.Line.of(said, entry.outcome, null, transaction(entry.transactionId));
        audit.record("bank_entry.taken", "bank_entry", entry.entryId(), null, line);
        return line;
    }

    /** Whether an entry failed by itself or with the database is told by asking it: then nobody need go on. */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    void needDatabase() {
        BankEntry.getEntityManager().createNativeQuery("SELECT 1").getSingleResult();
    }

    private EntryOutcome came(BankEntry entry, StatementEntry said) {
        Optional<Long> named = transferNamedIn(said);
        if (named.isEmpty()) {
            return EntryOutcome.UNKNOWN_REFERENCE;
        }
        long id = named.get();
        Order order = orders.lock(Transaction.orderOf(id).orElseThrow());
        Transaction transfer = Transaction.lock(id).orElseThrow();
        entry.transactionId = id;
        if (!said.currency().equals(transfer.currency)) {
            return EntryOutcome.WRONG_CURRENCY;
        }
        boolean isRight = said.amount().compareTo(transfer.amount().amount()) == 0;
        if (transfer.status() == TransactionStatus.COMPLETED) {
            return secondWord(id, isRight, EntryOutcome.ALREADY_CONFIRMED);
        }
        if (!isRight && !isReportable(said.amount())) {
            return EntryOutcome.WRONG_AMOUNT;
        }
        transfers.came(
                order,
                transfer,
                Money.of(said.amount(), transfer.currency),
                "{\"confirmed_by\":\"bank statement\",\"bank_entry\":" + entry.entryId() + "}");
        if (!isRight) {
            return EntryOutcome.WRONG_AMOUNT;
        }
        return transfer.status() == TransactionStatus.COMPLETED && !transfer.cameTooLate()
                ? EntryOutcome.CONFIRMED
                : EntryOutcome.CAME_TOO_LATE;
    }

    private EntryOutcome went(BankEntry entry, StatementEntry said) {
        Set<String> named = said.refundReferences();
        if (named.isEmpty()) {
            return EntryOutcome.OTHER_DEBIT;
        }
        Optional<Long> only = refundNamedIn(named);
        if (only.isEmpty()) {
            return EntryOutcome.UNKNOWN_REFERENCE;
        }
        long refundId = only.get();
        Order order = orders.lock(Refund.orderOf(refundId).orElseThrow());
        Transaction payment = Refund.lockPaymentOf(refundId).orElseThrow();
        Refund refund = Refund.lock(refundId).orElseThrow();
        Transaction money = refund.lockMoney().orElseThrow();
        entry.transactionId = money.transactionId();
        if (!said.currency().equals(refund.currency)) {
            return EntryOutcome.WRONG_CURRENCY;
        }
        boolean isRight = said.amount().compareTo(refund.amount().amount()) == 0;
        return switch (refund.status()) {
            case SUCCEEDED -> secondWord(money.transactionId(), isRight, EntryOutcome.REFUND_ALREADY_TRANSFERRED);
            case PROCESSING, PENDING -> {
                if (!isRight) {
                    yield EntryOutcome.WRONG_AMOUNT;
                }
                refundSettlement.apply(
                        order, payment, refund, money, new Succeeded(money.transactionReference(), refund.amount()));
                yield EntryOutcome.REFUND_TRANSFERRED;
            }
            // It was not to be transferred, or not any more.
            case PENDING_APPROVAL, FAILED, REJECTED -> EntryOutcome.UNKNOWN_REFERENCE;
        };
    }

    /** What was taken back, by the payment or refund that it names; the money was there, so nothing follows by itself. */
    private EntryOutcome reversed(BankEntry entry, StatementEntry said) {
        transferNamedIn(said)
                .or(() -> refundNamedIn(said.refundReferences()).flatMap(Refund::moneyOf))
                .ifPresent(id -> entry.transactionId = id);
        return EntryOutcome.REVERSED;
    }

    /** An admin has said it before the bank does; or the bank has, and this is other money. */
    private static EntryOutcome secondWord(long transactionId, boolean isRight, EntryOutcome confirmed) {
        if (BankEntry.isMoneyOf(transactionId)) {
            return EntryOutcome.PAID_TWICE;
        }
        return isRight ? confirmed : EntryOutcome.WRONG_AMOUNT;
    }

    /** Of several nobody can say which is paid. */
    private static Optional<Long> transferNamedIn(StatementEntry said) {
        List<Long> found = Transaction.transferIds(said.creditorReferences());
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    private static Optional<Long> refundNamedIn(Set<String> references) {
        List<Long> found = Refund.transferredUnder(references);
        return references.size() == 1 && found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    private static boolean isReportable(BigDecimal amount) {
        return amount.signum() > 0 && amount.stripTrailingZeros().scale() <= 2 && amount.compareTo(MOST_REPORTED) <= 0;
    }

    /** They may write what they like, a card's number too. */
    private void forAPerson(BankEntry entry, StatementEntry said, IssueReason reason) {
        entry.remittance = CardNumbers.masked(said.remittance());
        entry.counterparty = said.counterparty() == null ? null : CardNumbers.masked(said.counterparty());
        entry.counterpartyIban = said.counterpartyIban();
        entry.flush();
        issues.open(entry, reason);
    }

    private static @Nullable Transaction transaction(@Nullable Long id) {
        return id == null ? null : Transaction.findById(id);
    }
}
