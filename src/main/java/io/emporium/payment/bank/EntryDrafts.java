package io.emporium.payment.bank;

import io.emporium.payment.bank.StatementLine.Unreadable;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Puts a statement's entries (Ntry) together from their elements, as they come. */
final class EntryDrafts {
    private static final String ENTRY = "Ntry";
    private static final String PAYMENT = "Ntry/NtryDtls/TxDtls";
    private static final Pattern AMOUNT = Pattern.compile("\\+?(?=.?\\d)\\d{0,18}(\\.\\d{0,5})?");
    private static final int MOST_DIGITS = 18;
    private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
    private static final Pattern IBAN = Pattern.compile("[A-Z]{2}\\d{2}[A-Z0-9]{11,30}");
    /** Which banks write where they have none. */
    private static final Set<String> NO_REFERENCE = Set.of("", "NONREF", "NOTPROVIDED");

    private static final int LONGEST_REFERENCE = 100;
    private static final int LONGEST_NAME = 140;
    private static final int LONGEST_REMITTANCE = 500;

    private final int most;
    private final List<StatementLine> lines = new ArrayList<>();
    private final Map<String, Integer> unnamed = new HashMap<>();
    private @Nullable Draft entry;
    private @Nullable Draft payment;
    private List<Draft> payments = new ArrayList<>();
    private @Nullable String currency;

    EntryDrafts(int most) {
        this.most = most;
    }

    /** What is known so far of an entry, or of a payment in it. */
    private static final class Draft {
        @Nullable
        String reference;

        @Nullable
        BigDecimal amount;

        @Nullable
        String currency;

        @Nullable
        Boolean credit;

        boolean reversal;
        String status = "";

        @Nullable
        LocalDate bookedOn;

        @Nullable
        String debtor;

        @Nullable
        String debtorIban;

        @Nullable
        String creditor;

        @Nullable
        String creditorIban;

        final StringBuilder unstructured = new StringBuilder();
        final List<String> texts = new ArrayList<>();
    }

    /** @param currencyOf the attribute Ccy, where the element has one */
    void begin(String place, @Nullable String currencyOf) {
        currency = currencyOf;
        if (place.equals(ENTRY)) {
            entry = new Draft();
            payments = new ArrayList<>();
        } else if (place.equals(PAYMENT) && entry != null) {
            payment = new Draft();
            payments.add(payment);
            refuseTooMany();
        }
    }

    /** @param text what stood in it, without the spaces around it */
    void end(String place, String text, String account) {
        Draft into = entry;
        if (into == null) {
            return;
        }
        if (place.equals(ENTRY)) {
            finish(into, account);
            entry = null;
        } else if (place.equals(PAYMENT)) {
            payment = null;
        } else if (payment != null && place.startsWith(PAYMENT + "/")) {
            ofPayment(payment, place.substring(PAYMENT.length() + 1), text);
        } else if (place.startsWith(ENTRY + "/")) {
            ofEntry(into, place.substring(ENTRY.length() + 1), text);
        }
    }

    List<StatementLine> lines() {
        return List.copyOf(lines);
    }

    private void ofEntry(Draft into, String place, String text) {
        switch (place) {
            case "Amt" -> amount(into, text);
            case "CdtDbtInd" -> into.credit = credit(text);
            case "RvslInd" -> into.reversal = text.equals("true") || text.equals("1");
            // A word of its own until version 7, then a code in it.
            case "Sts", "Sts/Cd" -> into.status = text.isEmpty() ? into.status : text;
            case "BookgDt/Dt", "BookgDt/DtTm" -> into.bookedOn = day(text);
            case "AcctSvcrRef" -> into.reference = text;
            case "AddtlNtryInf" -> into.texts.add(text);
            default -> {
                // Of no use to a shop.
            }
        }
    }

    private void ofPayment(Draft into, String place, String text) {
        switch (place) {
            case "Amt", "AmtDtls/TxAmt/Amt" -> amount(into, text);
            case "CdtDbtInd" -> into.credit = credit(text);
            case "Refs/AcctSvcrRef" -> into.reference = text;
            case "Refs/EndToEndId", "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/AddtlRmtInf", "AddtlTxInf" ->
                into.texts.add(text);
            // Banks cut what was written into lines, wherever a line ends.
            case "RmtInf/Ustrd" -> into.unstructured.append(text);
            case "RltdPties/Dbtr/Nm", "RltdPties/Dbtr/Pty/Nm" -> into.debtor = text;
            case "RltdPties/Cdtr/Nm", "RltdPties/Cdtr/Pty/Nm" -> into.creditor = text;
            case "RltdPties/DbtrAcct/Id/IBAN" -> into.debtorIban = text;
            case "RltdPties/CdtrAcct/Id/IBAN" -> into.creditorIban = text;
            default -> {
                // Of no use to a shop.
            }
        }
    }

    private void amount(Draft into, String text) {
        boolean isAmount = AMOUNT.matcher(text).matches();
        BigDecimal amount = isAmount ? new BigDecimal(text) : null;
        into.amount = amount == null || amount.precision() > MOST_DIGITS ? null : amount;
        into.currency = currency != null && CURRENCY.matcher(currency).matches() ? currency : null;
    }

    private static @Nullable Boolean credit(String text) {
        return switch (text) {
            case "CRDT" -> Boolean.TRUE;
            case "DBIT" -> Boolean.FALSE;
            default -> null;
        };
    }

    private static @Nullable LocalDate day(String text) {
        try {
            LocalDate day = LocalDate.parse(text.substring(0, Math.min(text.length(), "2026-11-25".length())));
            return day.getYear() >= 1900 && day.getYear() < 10_000 ? day : null;
        } catch (DateTimeException none) {
            return null;
        }
    }

    private void finish(Draft whole, String account) {
        String reference =
                whole.reference == null && payments.size() == 1 ? payments.getFirst().reference : whole.reference;
        BigDecimal amount = whole.amount;
        String of = whole.currency;
        Boolean credit = whole.credit;
        if (amount == null || of == null || credit == null || whole.status.isEmpty()) {
            lines.add(new Unreadable(
                    cut(reference, LONGEST_REFERENCE),
                    amount == null || of == null
                            ? "amount or currency"
                            : credit == null ? "CdtDbtInd is neither CRDT nor DBIT" : "no status"));
        } else if (payments.size() > 1 && isWhole(payments, whole)) {
            boolean haveNames = haveNames(payments);
            for (int i = 0; i < payments.size(); i++) {
                Draft part = payments.get(i);
                BigDecimal partly = Objects.requireNonNull(part.amount);
                String byOrder = isName(reference) ? reference + "/" + (i + 1) : null;
                lines.add(entry(account, whole, credit, partly, of, haveNames ? part.reference : byOrder, part));
            }
        } else {
            // Of payments that are not the whole of it nobody can say which of them came.
            Draft details = payments.size() == 1 ? payments.getFirst() : new Draft();
            lines.add(entry(account, whole, credit, amount, of, reference, details));
        }
        payments = new ArrayList<>();
        refuseTooMany();
    }

    private static boolean isWhole(List<Draft> parts, Draft whole) {
        BigDecimal sum = BigDecimal.ZERO;
        for (Draft part : parts) {
            boolean isPart = part.amount != null
                    && Objects.equals(part.currency, whole.currency)
                    && (part.credit == null || part.credit.equals(whole.credit));
            if (!isPart) {
                return false;
            }
            sum = sum.add(part.amount);
        }
        return whole.amount != null && sum.compareTo(whole.amount) == 0;
    }

    /** Some banks give each payment the batch's own reference, or none: then only their order tells them apart. */
    private static boolean haveNames(List<Draft> parts) {
        return parts.stream()
                        .map(part -> part.reference)
                        .filter(EntryDrafts::isName)
                        .distinct()
                        .count()
                == parts.size();
    }

    private StatementEntry entry(
            String account,
            Draft whole,
            boolean credit,
            BigDecimal amount,
            String of,
            @Nullable String reference,
            Draft details) {
        List<String> texts = new ArrayList<>(details.texts);
        String written = details.unstructured.toString();
        texts.add(written);
        texts.addAll(whole.texts);
        // A reversal has the parties of what it reverses.
        boolean came = credit != whole.reversal;
        String remittance =
                String.join(" ", texts).replaceAll("NOTPROVIDED|\\s+", " ").strip();
        StatementEntry entry = new StatementEntry(
                account,
                reference == null ? "" : reference,
                credit,
                whole.reversal,
                whole.status.equals("BOOK"),
                amount,
                of,
                whole.bookedOn,
                texts,
                Objects.requireNonNull(cut(remittance, LONGEST_REMITTANCE)),
                cut(came ? details.debtor : details.creditor, LONGEST_NAME),
                iban(came ? details.debtorIban : details.creditorIban));
        return isName(reference) ? entry : named(entry);
    }

    private static boolean isName(@Nullable String reference) {
        return reference != null
                && !NO_REFERENCE.contains(reference.toUpperCase(Locale.ROOT))
                && reference.length() <= LONGEST_REFERENCE;
    }

    /** By all that the bank says of it; two that are alike in one document are two. */
    private StatementEntry named(StatementEntry entry) {
        String all = entry.toString();
        String hash;
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8));
            hash = HexFormat.of().formatHex(digest, 0, 20);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
        int number = unnamed.merge(hash, 1, Integer::sum);
        return new StatementEntry(
                entry.account(),
                "hash:" + hash + "/" + number,
                entry.isCredit(),
                entry.isReversal(),
                entry.isBooked(),
                entry.amount(),
                entry.currency(),
                entry.bookedOn(),
                entry.texts(),
                entry.remittance(),
                entry.counterparty(),
                entry.counterpartyIban());
    }

    private void refuseTooMany() {
        if (lines.size() + payments.size() > most) {
            throw StatementError.tooManyEntries(most);
        }
    }

    private static @Nullable String iban(@Nullable String text) {
        String bare = text == null ? "" : text.replaceAll("\\s", "").toUpperCase(Locale.ROOT);
        boolean isIban = IBAN.matcher(bare).matches()
                && CreditorReference.remainder(bare.substring(4) + bare.substring(0, 4)) == 1;
        return isIban ? bare : null;
    }

    private static @Nullable String cut(@Nullable String text, int longest) {
        if (text == null || text.length() <= longest) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest);
    }
}
