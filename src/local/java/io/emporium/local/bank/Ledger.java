package io.emporium.local.bank;

import io.emporium.local.provider.Journal;
import io.emporium.local.provider.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Every entry of the account, in memory and in its {@link Journal}: nothing is shown to anybody before it is on the disk. At most
 * 100,000 entries (then the bank takes no more: reset).
 */
final class Ledger implements AutoCloseable {
    private static final int MOST = 100_000;
    private static final String LETTERS = "0123456789ABCDEFGHJKLMNPRSTUVWXY";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ReentrantLock lock = new ReentrantLock();
    private final Journal journal;
    private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, Entry> byKey = new LinkedHashMap<>();

    /** Opens the ledger in the folder and reads what is in it. Throws IOException where it is in use or damaged. */
    Ledger(Path folder) throws IOException {
        journal = new Journal(folder);
        journal.replay(line -> keep(Entry.from(line)));
    }

    static LocalDate today() {
        return LocalDate.now(ZoneOffset.UTC);
    }

    /** A reference of the bank's that nobody can guess. */
    static String newId() {
        StringBuilder id = new StringBuilder("FB");
        for (int i = 0; i < 14; i++) {
            id.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
        }
        return id.toString();
    }

    /** Makes or changes an entry and comes back when it is durable; if {@code work} throws, nothing changed. */
    Entry change(Supplier<Entry> work) {
        Entry entry;
        long position;
        lock.lock();
        try {
            entry = work.get();
            if (!entry.equals(entries.get(entry.id()))) {
                if (entries.size() >= MOST) {
                    throw new BankError(503, "the ledger is full: POST /_fake/reset");
                }
                keep(entry);
                journal.append(entry.state());
            }
            position = journal.appended();
        } finally {
            lock.unlock();
        }
        journal.awaitDurable(position);
        return entry;
    }

    /** All of them, oldest first, durable by the time this returns. */
    List<Entry> entries() {
        List<Entry> seen;
        long position;
        lock.lock();
        try {
            seen = new ArrayList<>(entries.values());
            position = journal.appended();
        } finally {
            lock.unlock();
        }
        journal.awaitDurable(position);
        return seen;
    }

    void reset() throws IOException {
        lock.lock();
        try {
            entries.clear();
            byKey.clear();
            journal.rewrite(List.of());
        } finally {
            lock.unlock();
        }
    }

    // What follows is called inside change().

    Entry entry(String id) {
        Entry entry = entries.get(id);
        if (entry == null) {
            throw BankError.notFound();
        }
        return entry;
    }

    /** What was sent with an Idempotency-Key; null where nothing was. */
    Entry sentWith(String key) {
        return key == null ? null : byKey.get(key);
    }

    Iterable<Entry> all() {
        return entries.values();
    }

    private void keep(Entry entry) {
        entries.put(entry.id(), entry);
        if (entry.key() != null) {
            byKey.put(entry.key(), entry);
        }
    }

    Map<String, Object> oracle(Account account) {
        List<Entry> all = entries();
        return Json.object(
                "iban", account.iban(),
                "currency", account.currency(),
                "balance", Statement.balance(all, account.currency()).toPlainString(),
                "entries", all.stream().map(Entry::state).toList());
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }
}
