package io.emporium.payment;

import io.emporium.payment.StatementReport.Line;
import io.emporium.payment.bank.StatementEntry;
import io.emporium.payment.bank.StatementLine;
import io.emporium.payment.bank.StatementLine.Unreadable;
import io.emporium.payment.bank.StatementReader;
import io.emporium.shared.CardNumbers;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a bank statement: read as a whole before anything is done about it, then entry by entry, each in its own transaction, so
 * that one with which something is wrong does not keep the others' money waiting. The same statement again takes what is left.
 */
@ApplicationScoped
class BankStatements {
    /** Nobody waits longer for an answer. */
    private static final Duration LONGEST = Duration.ofSeconds(50);

    private final StatementReader reader;
    private final BankEntries entries;

    BankStatements(StatementReader reader, BankEntries entries) {
        this.reader = reader;
        this.entries = entries;
    }

    /** @throws io.emporium.shared.Refusal as {@link StatementReader#read}; then nothing has changed */
    StatementReport take(InputStream document) {
        List<StatementLine> said = reader.read(document);
        long begun = System.nanoTime();
        List<Line> lines = new ArrayList<>(said.size());
        for (StatementLine line : said) {
            boolean isTooLate = System.nanoTime() - begun > LONGEST.toNanos();
            lines.add(
                    switch (line) {
                        case Unreadable unreadable -> Line.of(unreadable);
                        case StatementEntry entry when !entry.isBooked() -> Line.of(entry, EntryOutcome.NOT_BOOKED);
                        case StatementEntry entry when isTooLate -> Line.of(entry, EntryOutcome.NOT_REACHED);
                        case StatementEntry entry -> take(entry);
                    });
        }
        return StatementReport.of(lines);
    }

    private Line take(StatementEntry entry) {
        try {
            return entries.take(entry);
        } catch (RuntimeException fault) {
            entries.needDatabase();
            Log.errorf(fault, "The bank's entry %s could not be taken", CardNumbers.masked(entry.bankReference()));
            return Line.of(entry, EntryOutcome.FAILED);
        }
    }
}
