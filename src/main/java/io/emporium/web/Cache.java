package io.emporium.web;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.emporium.web.KeptInRedis.Looked;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What many ask for again and again, kept in Redis for all processes. What has changed is forgotten when its transaction has
 * committed, before whoever changed it has their answer: from then on nobody is shown what it was.
 *
 * <p>Who finds nothing is given a lease and reads; the others wait for them a moment. Forgetting ends the lease too, so that
 * what was read before a change is never kept after it. Without Redis everybody reads for themselves.
 */
@Singleton
public class Cache {
    private static final Duration WAIT = Duration.ofMillis(20);
    /** Two seconds: a lease ends after one, and then one of those who wait reads. */
    private static final int WAITS = 100;

    private final KeptInRedis kept;
    private final CacheMeters meters;

    Cache(KeptInRedis kept, CacheMeters meters) {
        this.kept = kept;
        this.meters = meters;
    }

    /** Nobody waits for it, and nobody is made to wait. */
    void atStart(@Observes StartupEvent started) {
        Thread.ofVirtual().start(kept::awaken);
    }

    /**
     * A kind of thing that is kept.
     *
     * @param name of it, unique
     * @param kept how long at most; up to a tenth less, so that not everything ends at once
     * @param most how many; those that were kept first go first
     * @param isInWindow whether answers that are made of it are shown in the {@link ShopWindow}: then names have no spaces
     */
    public record Kind(String name, Duration kept, int most, boolean isInWindow) {}

    /** Fired, asynchronously, when everything was forgotten: what is asked for most can be read before somebody waits for it. */
    public record Emptied() {}

    /**
     * Something made of things that are kept by themselves.
     *
     * @param parts the ids of the things, in order
     * @param rest what belongs to none of them
     */
    public record Whole(List<Long> parts, byte[] rest) {
        /** Its first line are the ids: Redis looks for the parts by it. */
        private byte[] written() {
            StringBuilder line = new StringBuilder();
            parts.forEach(id -> line.append(id).append(','));
            byte[] ids = line.append('\n').toString().getBytes(US_ASCII);
            byte[] written = new byte[ids.length + rest.length];
            System.arraycopy(ids, 0, written, 0, ids.length);
            System.arraycopy(rest, 0, written, ids.length, rest.length);
            return written;
        }

        private static Whole read(byte[] written) {
            List<Long> ids = new ArrayList<>();
            long id = 0;
            int at = 0;
            for (; written[at] != '\n'; at++) {
                if (written[at] == ',') {
                    ids.add(id);
                    id = 0;
                } else {
                    id = id * 10 + written[at] - '0';
                }
            }
            byte[] rest = new byte[written.length - at - 1];
            System.arraycopy(written, at + 1, rest, 0, rest.length);
            return new Whole(ids, rest);
        }

        private Found of(Map<Long, byte[]> there) {
            return new Found(
                    parts,
                    parts.stream().filter(there::containsKey).map(there::get).toList(),
                    rest);
        }
    }

    /**
     * @param ids of all its parts
     * @param parts in order, without those that are gone
     */
    public record Found(List<Long> ids, List<byte[]> parts, byte[] rest) {}

    /**
     * What is kept under a name, or else what is read, and kept unless it is forgotten meanwhile.
     *
     * @param read outside any transaction; what it throws is thrown, and kept by nobody
     */
    public byte[] get(Kind kind, String name, Supplier<byte[]> read) {
        String token = UUID.randomUUID().toString();
        for (int tries = 0; tries <= WAITS; tries++) {
            List<Looked> looked = kept.look(token, kind, name, null);
            if (looked == null) {
                meters.passedOver(kind);
                return read.get();
            }
            switch (looked.getFirst().state()) {
                case KEPT -> {
                    meters.hit(kind);
                    return looked.getFirst().value();
                }
                case LEASED -> {
                    meters.missed(kind);
                    byte[] value = read(kind, name, read);
                    kept.keep(token, kind, Map.of(name, value));
                    return value;
                }
                case BUSY -> pause();
            }
        }
        return read.get();
    }

    /**
     * As {@link #get}, of something whose parts are kept by themselves, so that a change of one of them leaves the others, and
     * all wholes, as they are.
     *
     * @param read which parts it has, and the rest
     * @param readParts those of the ids that are still there
     */
    public Found getWhole(
            Kind kind,
            String name,
            Kind parts,
            Supplier<Whole> read,
            Function<Collection<Long>, Map<Long, byte[]>> readParts) {
        String token = UUID.randomUUID().toString();
        for (int tries = 0; tries <= WAITS; tries++) {
            List<Looked> looked = kept.look(token, kind, name, parts);
            if (looked == null) {
                meters.passedOver(kind);
                break;
            }
            switch (looked.getFirst().state()) {
                case KEPT -> {
                    meters.hit(kind);
                    return composed(token, parts, looked, readParts);
                }
                case LEASED -> {
                    meters.missed(kind);
                    Whole[] whole = new Whole[1];
                    byte[] value = read(kind, name, () -> {
                        whole[0] = read.get();
                        return whole[0].written();
                    });
                    kept.keep(token, kind, Map.of(name, value));
                    return whole[0].of(readParts.apply(whole[0].parts()));
                }
                case BUSY -> pause();
            }
        }
        Whole whole = read.get();
        return whole.of(readParts.apply(whole.parts()));
    }

    /**
     * Called when the change has committed. Whoever looks when this returns reads it as it is.
     *
     * @param names perhaps none
     * @param andAllOf the kinds of what is made of these, of which all is forgotten
     */
    public void forget(Kind kind, Collection<?> names, Kind... andAllOf) {
        kept.forget(kind, names);
        boolean isShown = kind.isInWindow() && !names.isEmpty();
        for (Kind all : andAllOf) {
            kept.forgetAll(all);
            isShown |= all.isInWindow();
        }
        if (isShown) {
            kept.awaitHeard();
        }
    }

    private Found composed(
            String token, Kind kind, List<Looked> looked, Function<Collection<Long>, Map<Long, byte[]>> readParts) {
        Whole whole = Whole.read(looked.getFirst().value());
        Set<Long> missing = new LinkedHashSet<>();
        Map<Long, byte[]> parts = new HashMap<>();
        for (int i = 0; i < whole.parts().size(); i++) {
            Looked part = looked.get(i + 1);
            if (part.state() == KeptInRedis.State.KEPT) {
                parts.put(whole.parts().get(i), part.value());
            } else {
                missing.add(whole.parts().get(i));
            }
        }
        if (!missing.isEmpty()) {
            parts.putAll(readMissing(token, kind, missing, readParts));
        }
        return whole.of(parts);
    }

    private Map<Long, byte[]> readMissing(
            String token, Kind kind, Set<Long> missing, Function<Collection<Long>, Map<Long, byte[]>> readParts) {
        Set<Long> unread = new LinkedHashSet<>(missing);
        try {
            Map<Long, byte[]> read = readParts.apply(missing);
            Map<String, byte[]> toKeep = new HashMap<>();
            read.forEach((id, part) -> toKeep.put(id.toString(), part));
            kept.keep(token, kind, toKeep);
            unread.removeAll(read.keySet());
            return read;
        } finally {
            // Nobody need wait for a lease of what is not there.
            kept.giveBack(kind, unread);
        }
    }

    private byte[] read(Kind kind, String name, Supplier<byte[]> read) {
        try {
            return read.get();
        } catch (RuntimeException | Error fault) {
            // The next one need not wait for a lease of nobody.
            kept.giveBack(kind, List.of(name));
            throw fault;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(WAIT);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
