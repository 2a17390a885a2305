package io.emporium.local.bank;

import io.emporium.local.provider.Answer;
import io.emporium.local.provider.Given;
import io.emporium.local.provider.Json;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the bank does when it is asked; see the package's documentation. */
final class Api {
    private static final BigDecimal MOST = new BigDecimal("9999999999.99");
    private static final int LONGEST_REMITTANCE = 140;

    private final Ledger ledger;
    private final Account account;
    private final Settings settings;

    Api(Ledger ledger, Account account, Settings settings) {
        this.ledger = ledger;
        this.account = account;
        this.settings = settings;
    }

    /** @param key the Idempotency-Key; may be null */
    Answer transfer(Map<String, Object> given, String key) {
        Given.onlyKnown(given, Set.of("amount", "currency", "remittance", "debtor_name", "debtor_iban"));
        Settings.Now now = settings.now();
        String sent = currency(given);
        Entry entry = ledger.change(() -> {
            Entry earlier = ledger.sentWith(key);
            return earlier != null
                    ? earlier
                    : new Entry(
                            Ledger.newId(),
                            Ledger.today(),
                            now.late() ? null : Ledger.today(),
                            true,
                            amount(given).add(now.amountOff()),
                            now.currency() == null ? sent : now.currency(),
                            remittance(given),
                            text(given, "debtor_name", "Ada Lovelace"),
                            Json.text(given, "debtor_iban"),
                            now.reference(),
                            now.named(),
                            null,
                            false,
                            key);
        });
        return new Answer(201, Json.write(entry.state()));
    }

    /** @param key as of {@link #transfer} */
    Answer payout(Map<String, Object> given, String key) {
        Given.onlyKnown(given, Set.of("amount", "currency", "remittance", "creditor_name", "creditor_iban"));
        Settings.Now now = settings.now();
        Entry entry = ledger.change(() -> {
            Entry earlier = ledger.sentWith(key);
            if (earlier != null) {
                return earlier;
            }
            BigDecimal amount = amount(given);
            List<Entry> all = new ArrayList<>();
            ledger.all().forEach(all::add);
            if (amount.compareTo(Statement.balance(all, currency(given))) > 0) {
                throw new BankError(422, "that is more than there is");
            }
            return new Entry(
                    Ledger.newId(),
                    Ledger.today(),
                    now.late() ? null : Ledger.today(),
                    false,
                    amount,
                    currency(given),
                    remittance(given),
                    text(given, "creditor_name", "Ada Lovelace"),
                    Json.text(given, "creditor_iban"),
                    now.reference(),
                    now.named(),
                    null,
                    false,
                    key);
        });
        return new Answer(201, Json.write(entry.state()));
    }

    /** The statement as XML. */
    String statement(Map<String, String> query) {
        try {
            String from = query.get("from");
            String to = query.get("to");
            LocalDate first = from == null ? Ledger.today() : LocalDate.parse(from);
            LocalDate last = to == null ? (from == null ? first : Ledger.today()) : LocalDate.parse(to);
            String message = query.getOrDefault("message", "camt.053.001.08");
            if (!message.matches("camt\\.05[34]\\.001\\.\\d\\d")) {
                throw new IllegalArgumentException("message must be camt.053.001.08 or camt.054.001.08");
            }
            return new Statement(account, ledger.entries(), first, last).xml(message);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("from and to are days like 2026-11-25", e);
        }
    }

    private String currency(Map<String, Object> given) {
        String currency = text(given, "currency", account.currency());
        if (!currency.matches("[A-Z]{3}")) {
            throw new IllegalArgumentException("currency must be three capitals");
        }
        return currency;
    }

    private static BigDecimal amount(Map<String, Object> given) {
        String text = Json.text(given, "amount");
        if (text == null || !text.matches("\\d{1,10}(\\.\\d{1,2})?")) {
            throw new IllegalArgumentException("amount must be a number with two decimals at most");
        }
        BigDecimal amount = new BigDecimal(text).setScale(2);
        if (amount.signum() <= 0 || amount.compareTo(MOST) > 0) {
            throw new IllegalArgumentException("amount must be above 0 and at most " + MOST);
        }
        return amount;
    }

    private static String remittance(Map<String, Object> given) {
        String remittance = text(given, "remittance", "");
        if (remittance.length() > LONGEST_REMITTANCE) {
            throw new IllegalArgumentException("remittance has more than " + LONGEST_REMITTANCE + " characters");
        }
        return remittance;
    }

    private static String text(Map<String, Object> given, String key, String otherwise) {
        String text = Json.text(given, key);
        return text == null ? otherwise : text;
    }
}
