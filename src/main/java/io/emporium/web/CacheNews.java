package io.emporium.web;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.smallrye.common.vertx.VertxContext;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What any process has had forgotten ({@link KeptInRedis} writes it down), as far as this one has heard of it. Whoever shows
 * something from this process's own memory hears the news first: then they know of every change that was answered before they
 * were asked. One look at Redis serves all who came to the same event loop in the meantime, and all who come within
 * {@link #FRESH} of its beginning: whoever has had something forgotten waits for so long before they say that it is.
 */
@Singleton
class CacheNews {
    /** Newest first. */
    static final String PLACE = "emporium:cache:1:news";
    /** So many are kept; who has missed more has missed everything. */
    static final int KEPT = 1_000;
    /** One that names more things of a kind means all of it. */
    static final int MOST_NAMES = 100;

    /**
     * For so long after it has asked, a process does not ask again. Each measures it by a clock of its own, from before it asked
     * to when it shows, and from after it told to when it answers; so it does not matter how far their clocks are apart,
     * nor how long one of them is stopped. It counts only while it is the same in all processes.
     */
    static final Duration FRESH = Duration.ofMillis(2);

    private static final String EVERYTHING = "*";
    private static final int USUALLY = 32;
    private static final int MOST_FORGOTTEN = 100_000;

    private static final Request NEWEST = Request.cmd(Command.LINDEX).arg(PLACE).arg("0");
    private static final Request SOME =
            Request.cmd(Command.LRANGE).arg(PLACE).arg("0").arg(String.valueOf(USUALLY - 1));
    private static final Request ALL =
            Request.cmd(Command.LRANGE).arg(PLACE).arg("0").arg("-1");
    // There is always a newest one: without it nobody could tell that nothing has happened.
    private static final Request BEGIN =
            Request.cmd(Command.EVAL).arg("""
                    if redis.call('EXISTS', KEYS[1]) == 0 then
                      local time = redis.call('TIME')
                      redis.call('LPUSH', KEYS[1], time[1] .. '.' .. time[2] .. ' begin')
                    end
                    return redis.call('LRANGE', KEYS[1], 0, -1)
                    """).arg("1").arg(PLACE);

    private final Redis redis;
    private final RedisLink link;
    private final CacheSettings settings;
    private final Vertx vertx;
    private final ThreadLocal<Listener> listeners;

    private final Map<String, OfAKind> kinds = new ConcurrentHashMap<>();
    /** How many news have been heard; 0: we do not know from when on. */
    private volatile long heard;

    /** When the last look began that was answered. */
    private volatile long askedAt = System.nanoTime() - FRESH.toNanos();

    private volatile long everythingForgotten;
    // Guarded by this.
    private final Deque<String> known = new ArrayDeque<>();
    private final Set<String> isKnown = new HashSet<>();

    CacheNews(Redis redis, RedisLink link, CacheSettings settings, Vertx vertx) {
        this.redis = redis;
        this.link = link;
        this.settings = settings;
        this.vertx = vertx;
        this.listeners = ThreadLocal.withInitial(Listener::new);
    }

    /** What has been forgotten of a kind, and with which of the news. */
    private static final class OfAKind {
        final Map<String, Long> names = new ConcurrentHashMap<>();
        volatile long all;
    }

    /** How far this process has heard: noted before something is read, it tells later whether that still holds. 0: not at all. */
    long heard() {
        return heard;
    }

    /** Whether nothing of these has been forgotten since, as far as we have heard. */
    boolean holds(long since, Cache.Kind kind, Collection<String> names) {
        // From the names to everything: whoever forgets more at once says so before it clears away what that contains.
        OfAKind forgotten = kinds.get(kind.name());
        if (forgotten != null) {
            if (!forgotten.names.isEmpty()) {
                for (String name : names) {
                    Long with = forgotten.names.get(name);
                    if (with != null && since < with) {
                        return false;
                    }
                }
            }
            if (since < forgotten.all) {
                return false;
            }
        }
        return since >= everythingForgotten;
    }

    /**
     * Hears everything that was told, and waited for, before now. On an event loop only, to which the answer comes too, at once where
     * it is known.
     *
     * @param then with whether we could hear; not while Redis has been passed over for longer than {@link #FRESH}
     */
    void hear(Consumer<Boolean> then) {
        if (System.nanoTime() - askedAt < FRESH.toNanos()) {
            then.accept(true);
        } else {
            listeners.get().hear(then);
        }
    }

    private synchronized void heardFrom(long asked) {
        if (asked - askedAt > 0) {
            askedAt = asked;
        }
    }

    /** What Redis has, newest first; true if that is all of it. */
    private synchronized boolean take(Response news, boolean all) {
        int unheard = 0;
        while (unheard < news.size()
                && !isKnown.contains(token(news.get(unheard).toString()))) {
            unheard++;
        }
        boolean isGap = unheard == news.size();
        if (isGap && !all) {
            return false;
        }
        if (isGap) {
            everythingForgotten = heard + 1;
            kinds.clear();
            heard = everythingForgotten;
        }
        for (int i = unheard - 1; i >= 0; i--) {
            String told = news.get(i).toString();
            know(token(told));
            if (!isGap) {
                forget(told.split(" "), heard + 1);
                heard = heard + 1;
            }
        }
        return true;
    }

    private synchronized boolean isHeard(@Nullable Response newest) {
        return newest != null && isKnown.contains(token(newest.toString()));
    }

    /** Token, kind, and the names or an asterisk. */
    private void forget(String[] told, long with) {
        if (told.length < 3) {
            return;
        }
        OfAKind kind = kinds.computeIfAbsent(told[1], name -> new OfAKind());
        if (told[2].equals(EVERYTHING) || kind.names.size() > MOST_FORGOTTEN) {
            kind.all = with;
            kind.names.clear();
            return;
        }
        for (int i = 2; i < told.length; i++) {
            kind.names.put(told[i], with);
        }
    }

    private void know(String token) {
        if (isKnown.add(token)) {
            known.addLast(token);
        }
        while (known.size() > 2 * KEPT) {
            isKnown.remove(known.removeFirst());
        }
    }

    private static String token(String told) {
        int space = told.indexOf(' ');
        return space < 0 ? told : told.substring(0, space);
    }

    /** One event loop's way to Redis: a connection of its own, and at most one look under way. */
    private final class Listener {
        private final Context loop = Objects.requireNonNull(VertxContext.getRootContext(vertx.getOrCreateContext()));
        private List<Consumer<Boolean>> waiting = new ArrayList<>();
        private List<Consumer<Boolean>> served = List.of();
        private @Nullable RedisConnection connection;
        /** A look is under way or about to begin. */
        private boolean isLooking;
        /** Redis has been asked. Only that can take too long: a look that has yet to begin is not given up, or it would begin twice. */
        private boolean isAsked;

        private boolean isWatched;
        private long look;
        private long lookedAt;

        void hear(Consumer<Boolean> then) {
            waiting.add(then);
            if (!isLooking) {
                isLooking = true;
                // After all that has just been read from other connections, whose requests come along.
                loop.runOnContext(ignored -> look());
            }
        }

        private void look() {
            served = waiting;
            waiting = new ArrayList<>();
            look++;
            if (!link.isOpen()) {
                done(false);
                return;
            }
            lookedAt = System.nanoTime();
            isAsked = true;
            watch();
            RedisConnection known = connection;
            if (known == null) {
                try {
                    redis.connect().onComplete(mine(this::connected));
                } catch (RuntimeException away) {
                    failed(away);
                }
            } else {
                ask(known, NEWEST, newest -> {
                    if (isHeard(newest)) {
                        done(true);
                    } else {
                        ask(known, newest == null ? BEGIN : SOME, some -> heard(known, some, newest == null));
                    }
                });
            }
        }

        private void connected(AsyncResult<RedisConnection> made) {
            if (made.failed()) {
                failed(made.cause());
                return;
            }
            RedisConnection open = made.result();
            connection = open;
            open.exceptionHandler(gone -> drop(open));
            open.endHandler(gone -> drop(open));
            ask(open, BEGIN, all -> heard(open, all, true));
        }

        private void heard(RedisConnection open, @Nullable Response news, boolean all) {
            if (news == null || news.size() == 0) {
                // Flushed at this very moment.
                done(false);
            } else if (take(news, all)) {
                done(true);
            } else {
                ask(open, ALL, everything -> heard(open, everything, true));
            }
        }

        private void ask(RedisConnection open, Request question, Consumer<@Nullable Response> then) {
            try {
                open.send(question).onComplete(mine(answer -> {
                    if (answer.succeeded()) {
                        then.accept(answer.result());
                    } else {
                        failed(answer.cause());
                    }
                }));
            } catch (RuntimeException away) {
                failed(away);
            }
        }

        /** On our event loop, and only if nobody has given up this look meanwhile. */
        private <T> Handler<AsyncResult<T>> mine(Consumer<AsyncResult<T>> then) {
            long asked = look;
            return result -> {
                if (Vertx.currentContext() == loop) {
                    unlessGivenUp(asked, then, result);
                } else {
                    loop.runOnContext(ignored -> unlessGivenUp(asked, then, result));
                }
            };
        }

        private <T> void unlessGivenUp(long asked, Consumer<AsyncResult<T>> then, AsyncResult<T> result) {
            if (asked == look && isAsked) {
                then.accept(result);
            } else if (result.result() instanceof RedisConnection late && late != connection) {
                late.close();
            }
        }

        private void failed(Throwable away) {
            RedisConnection open = connection;
            if (open != null) {
                drop(open);
                open.close();
            }
            link.failed(away);
            done(false);
        }

        private void drop(RedisConnection gone) {
            if (connection == gone) {
                connection = null;
            }
        }

        private void done(boolean isHeard) {
            if (isHeard) {
                link.answered();
                heardFrom(lookedAt);
            }
            List<Consumer<Boolean>> those = served;
            served = List.of();
            look++;
            isAsked = false;
            isLooking = !waiting.isEmpty();
            if (isLooking) {
                loop.runOnContext(ignored -> look());
            }
            those.forEach(one -> one.accept(isHeard));
        }

        // One timer for many looks.
        private void watch() {
            if (!isWatched) {
                isWatched = true;
                watch(settings.timeout().toNanos());
            }
        }

        private void watch(long nanos) {
            vertx.setTimer(Math.max(1, NANOSECONDS.toMillis(nanos)), ignored -> {
                isWatched = false;
                if (isAsked) {
                    long left = settings.timeout().toNanos() - (System.nanoTime() - lookedAt);
                    if (left > 0) {
                        isWatched = true;
                        watch(left);
                    } else {
                        failed(new TimeoutException("no answer within " + settings.timeout()));
                    }
                }
            });
        }
    }
}
