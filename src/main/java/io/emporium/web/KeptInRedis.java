package io.emporium.web;

import io.emporium.web.Cache.Kind;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import jakarta.enterprise.event.Event;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What {@link Cache} keeps, as it stands in Redis: one script for each thing that must happen at once. */
@Singleton
class KeptInRedis {
    // The number counts up with the form of what is kept: while an update rolls through the cluster, both forms are.
    private static final String PLACE = "emporium:cache:1:";
    /** Each kind's epoch, without which nothing is kept of the kind; and a mark that Redis has not forgotten everything. */
    static final String EPOCHS = PLACE + "epochs";

    private static final Duration LEASE = Duration.ofSeconds(1);

    // What is kept begins with V; L and a token is a lease. The kind's epoch is part of every key: with another one all
    // of
    // the kind is forgotten, without KEYS. A whole begins with a line of the ids of its parts.
    private static final String EPOCH = """
            local fresh = redis.call('HSETNX', KEYS[1], 'filled', '1')
            local function epoch(kind, token)
              local epoch = redis.call('HGET', KEYS[1], kind)
              if not epoch then
                epoch = token
                redis.call('HSET', KEYS[1], kind, epoch)
              end
              return epoch
            end
            """;
    private static final String LOOK = EPOCH + """
            local token = ARGV[1]
            local function look(place)
              local kept = redis.call('GET', place)
              if not kept then
                redis.call('SET', place, 'L' .. token, 'PX', ARGV[2])
                return 'L'
              end
              if string.byte(kept) == 76 then
                return 'B'
              end
              return kept
            end
            local found = {fresh, look(ARGV[4] .. epoch(ARGV[3], token) .. ':' .. ARGV[5])}
            if ARGV[6] and string.byte(found[2]) == 86 then
              local place = ARGV[7] .. epoch(ARGV[6], token) .. ':'
              local line = string.find(found[2], '\\n', 1, true)
              for id in string.gmatch(string.sub(found[2], 2, line - 1), '%d+') do
                found[#found + 1] = look(place .. id)
              end
            end
            return found
            """;
    private static final String KEEP = """
            local epoch = redis.call('HGET', KEYS[1], ARGV[2])
            if not epoch then
              return 0
            end
            local order = ARGV[3] .. 'order'
            local time = redis.call('TIME')
            local now = time[1] * 1000000 + time[2]
            for i = 6, #ARGV, 2 do
              local place = ARGV[3] .. epoch .. ':' .. ARGV[i]
              if redis.call('GET', place) == 'L' .. ARGV[1] then
                redis.call('SET', place, 'V' .. ARGV[i + 1], 'PX', ARGV[4])
                redis.call('ZADD', order, now, place)
              end
            end
            local over = redis.call('ZCARD', order) - tonumber(ARGV[5])
            if over > 0 then
              local eldest = redis.call('ZPOPMIN', order, over)
              for i = 1, #eldest, 2 do
                redis.call('DEL', eldest[i])
              end
            end
            return 1
            """;
    // Named anew each time it is told: a call that was given up may be carried out all the same, after its repetition
    // and after what others have told. Whoever knew its name would take all that for known.
    private static final String TELL = """
            local function tell(news, most)
              if news ~= '' then
                local time = redis.call('TIME')
                redis.call('LPUSH', KEYS[2], time[1] .. '.' .. time[2] .. '.' .. news)
                redis.call('LTRIM', KEYS[2], 0, most - 1)
              end
            end
            """;
    private static final String FORGET = TELL + """
            local epoch = redis.call('HGET', KEYS[1], ARGV[1])
            if epoch then
              for i = 5, #ARGV do
                redis.call('DEL', ARGV[2] .. epoch .. ':' .. ARGV[i])
              end
            end
            tell(ARGV[3], ARGV[4])
            return 1
            """;
    private static final String FORGET_ALL = TELL + """
            redis.call('HDEL', KEYS[1], ARGV[1])
            tell(ARGV[2], ARGV[3])
            return 1
            """;

    private final RedisLink redis;
    private final Event<Cache.Emptied> emptied;

    KeptInRedis(RedisLink redis, Event<Cache.Emptied> emptied) {
        this.redis = redis;
        this.emptied = emptied;
    }

    enum State {
        KEPT,
        /** To us: we are to read it, and to keep it. */
        LEASED,
        /** Somebody else reads it. */
        BUSY
    }

    /** @param value empty unless it is kept */
    record Looked(State state, byte[] value) {
        private static Looked of(byte[] found) {
            byte[] value = new byte[found.length - 1];
            System.arraycopy(found, 1, value, 0, value.length);
            return new Looked(
                    switch (found[0]) {
                        case 'V' -> State.KEPT;
                        case 'L' -> State.LEASED;
                        default -> State.BUSY;
                    },
                    value);
        }
    }

    /** Looks only whether there is anything at all, and says so if not. */
    void awaken() {
        if (redis.isUsable()) {
            Response isFirst = redis.ask(
                    Request.cmd(Command.HSETNX).arg(EPOCHS).arg("filled").arg("1"));
            if (isFirst != null && isFirst.toInteger() == 1) {
                emptied.fireAsync(new Cache.Emptied());
            }
        }
    }

    /**
     * @param token of the lease, if we get one
     * @param parts of what kind the parts are; null where it has none
     * @return what was asked for, then its parts; null while Redis is passed over
     */
    @Nullable
    List<Looked> look(String token, Kind kind, String name, @Nullable Kind parts) {
        if (!redis.isUsable()) {
            return null;
        }
        Request request = script(LOOK)
                .arg(token)
                .arg(String.valueOf(LEASE.toMillis()))
                .arg(kind.name())
                .arg(place(kind))
                .arg(name);
        if (parts != null) {
            request.arg(parts.name()).arg(place(parts));
        }
        Response found = redis.ask(request);
        if (found == null) {
            return null;
        }
        if (found.get(0).toInteger() == 1) {
            emptied.fireAsync(new Cache.Emptied());
        }
        List<Looked> looked = new ArrayList<>(found.size() - 1);
        for (int i = 1; i < found.size(); i++) {
            looked.add(Looked.of(found.get(i).toBytes()));
        }
        return looked;
    }

    /** Those of the values whose lease is still ours. */
    void keep(String token, Kind kind, Map<String, byte[]> values) {
        if (values.isEmpty() || !redis.isReady()) {
            return;
        }
        long longest = kind.kept().toMillis();
        Request request = script(KEEP)
                .arg(token)
                .arg(kind.name())
                .arg(place(kind))
                .arg(String.valueOf(longest - ThreadLocalRandom.current().nextLong(longest / 10 + 1)))
                .arg(String.valueOf(kind.most()));
        values.forEach((name, value) -> request.arg(name).arg(Buffer.buffer(value)));
        redis.ask(request);
    }

    /** And tells all processes. */
    void forget(Kind kind, Collection<?> names) {
        if (!names.isEmpty()) {
            forget(kind, names, news(kind, names));
        }
    }

    /** Until no process shows what it had in memory before we told of this. */
    void awaitHeard() {
        redis.awaitHeard();
    }

    /** Nobody keeps these, though the lease is ours: no change that others should hear of. */
    void giveBack(Kind kind, Collection<?> names) {
        if (!names.isEmpty()) {
            forget(kind, names, "");
        }
    }

    private void forget(Kind kind, Collection<?> names, String news) {
        Request request =
                told(FORGET).arg(kind.name()).arg(place(kind)).arg(news).arg(String.valueOf(CacheNews.KEPT));
        names.forEach(name -> request.arg(name.toString()));
        redis.forget(request);
    }

    /** And tells all processes. */
    void forgetAll(Kind kind) {
        redis.forget(
                told(FORGET_ALL).arg(kind.name()).arg(news(kind, List.of("*"))).arg(String.valueOf(CacheNews.KEPT)));
    }

    /** As {@link CacheNews} reads it. */
    private static String news(Kind kind, Collection<?> names) {
        if (!kind.isInWindow()) {
            return "";
        }
        var told = new StringBuilder(UUID.randomUUID().toString()).append(' ').append(kind.name());
        if (names.size() > CacheNews.MOST_NAMES) {
            return told.append(" *").toString();
        }
        names.forEach(name -> told.append(' ').append(name));
        return told.toString();
    }

    private static String place(Kind kind) {
        return PLACE + kind.name() + ":";
    }

    private static Request script(String script) {
        return Request.cmd(Command.EVAL).arg(script).arg("1").arg(EPOCHS);
    }

    private static Request told(String script) {
        return Request.cmd(Command.EVAL).arg(script).arg("2").arg(EPOCHS).arg(CacheNews.PLACE);
    }
}
