package io.emporium.payment;

import io.emporium.payment.bank.StatementEntry;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/** A booked entry of the shop's bank account, taken from a statement once, and what became of it. */
@Entity
@Table(name = "bank_entries")
public class BankEntry extends PanacheEntityBase {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "entry_id")
    Long entryId;

    @Column(nullable = false, updatable = false)
    String account;

    @Column(name = "bank_reference", nullable = false, updatable = false)
    String bankReference;

    @Column(name = "is_credit", nullable = false, updatable = false)
    boolean credit;

    @Column(name = "is_reversal", nullable = false, updatable = false)
    boolean reversal;

    @Column(nullable = false, updatable = false)
    BigDecimal amount;

    @JdbcTypeCode(SqlTypes.CHAR)
    @Column(nullable = false, updatable = false, length = 3)
    String currency;

    @Nullable
    @Column(name = "booked_on", updatable = false)
    LocalDate bookedOn;

    @Column(nullable = false)
    EntryOutcome outcome;

    @Nullable
    @Column(name = "transaction_id")
    Long transactionId;

    @Nullable
    String remittance;

    @Nullable
    String counterparty;

    @Nullable
    @Column(name = "counterparty_iban")
    String counterpartyIban;

    @Column(name = "taken_at", nullable = false, updatable = false)
    Instant takenAt;

    @Version
    long version;

    long entryId() {
        return entryId;
    }

    /** With two decimals, or more where its currency has more. */
    BigDecimal plainAmount() {
        BigDecimal bare = amount.stripTrailingZeros();
        return bare.scale() < 2 ? bare.setScale(2) : bare;
    }

    /**
     * Records an entry; a second try, at the same moment or later, waits for the first and finds it.
     *
     * @return nothing if it is recorded already
     */
    static Optional<BankEntry> record(StatementEntry said, Instant now) {
        return getEntityManager()
                .createNativeQuery("""
                        INSERT INTO bank_entries
                               (account, bank_reference, is_credit, is_reversal, amount, currency, booked_on, taken_at)
                        VALUES (:account, :reference, :credit, :reversal, :amount, :currency, CAST(:bookedOn AS date), :now)
                        ON CONFLICT (account, bank_reference, is_credit, is_reversal, amount, currency) DO NOTHING
                        RETURNING entry_id
                        """, Long.class)
                .setParameter("account", said.account())
                .setParameter("reference", said.bankReference())
                .setParameter("credit", said.isCredit())
                .setParameter("reversal", said.isReversal())
                .setParameter("amount", said.amount())
                .setParameter("currency", said.currency())
                .setParameter("bookedOn", said.bookedOn())
                .setParameter("now", now)
                .getResultStream()
                .findFirst()
                .map(id -> BankEntry.<BankEntry>findById(id));
    }

    /** What was recorded of an entry. */
    static BankEntry recorded(StatementEntry said) {
        return BankEntry.<BankEntry>find(
                        "account = ?1 AND bankReference = ?2 AND credit = ?3 AND reversal = ?4 AND amount = ?5 AND currency = ?6",
                        said.account(),
                        said.bankReference(),
                        said.isCredit(),
                        said.isReversal(),
                        said.amount(),
                        said.currency())
                .singleResult();
    }

    /** Whether the bank has said already that the money of a payment came, or that of a refund went. */
    static boolean isMoneyOf(long transactionId) {
        return count(
                        "transactionId = ?1 AND outcome IN (CONFIRMED, CAME_TOO_LATE, ALREADY_CONFIRMED, REFUND_TRANSFERRED,"
                                + " REFUND_ALREADY_TRANSFERRED)",
                        transactionId)
                > 0;
    }
}
