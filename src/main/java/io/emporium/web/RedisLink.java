package io.emporium.web;

import io.quarkus.logging.Log;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The cache's way to Redis, which may be away or slow. What could not be forgotten there is owed: a process that starts, for
 * the one before it, one that could not forget, and one that has passed it over, for all others, have everything forgotten
 * before they look again, and as soon as they can.
 */
@Singleton
class RedisLink {
    private static final long IN_TIME = Long.MIN_VALUE;

    /**
     * How many times an answer's time we wait for the first that comes in time. One that is late may be late because we were
     * (a collection, a full processor), and so would be all that were asked with it.
     */
    private static final int PATIENCE = 3;

    /** As {@link #PATIENCE}, of who has something forgotten: others are to find out first, or they would go on showing it. */
    private static final int PATIENCE_OF_CHANGES = 10;

    /** Others show what we owe: so soon it is tried again, however long Redis is passed over for looking. */
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(200);

    private final Redis redis;
    private final Vertx vertx;
    private final CacheSettings settings;
    private final AtomicLong passedOverUntil = new AtomicLong(System.nanoTime());
    /** Since when every answer has been late; {@link #IN_TIME}: the last one was not. */
    private final AtomicLong lateSince = new AtomicLong(IN_TIME);

    /** How many times something was owed, and how many of those have been settled. */
    private final AtomicLong owed = new AtomicLong(1);

    private final AtomicLong settled = new AtomicLong();
    private final AtomicBoolean isSettling = new AtomicBoolean();
    private final AtomicBoolean isToBeTried = new AtomicBoolean();

    RedisLink(Redis redis, Vertx vertx, CacheSettings settings) {
        this.redis = redis;
        this.vertx = vertx;
        this.settings = settings;
    }

    /** Whether it may be looked into; if there is something to be forgotten first, that is done. */
    boolean isUsable() {
        return settings.enabled() && !isPassedOver() && (isReady() || settle());
    }

    /** Whether nothing is owed. */
    boolean isReady() {
        return settled.get() == owed.get();
    }

    /** Whether it may be asked at once, without anything to be done first. */
    boolean isOpen() {
        return isReady() && !isPassedOver();
    }

    private boolean isPassedOver() {
        return System.nanoTime() - passedOverUntil.get() < 0;
    }

    /**
     * Has something forgotten, or else owes it. Tried for longer than others look into a Redis that is late: what it could not be
     * told they would show as it was, to those who know better.
     */
    void forget(Request request) {
        if (!settings.enabled()) {
            return;
        }
        if ((isReady() || isUsable()) && tell(request)) {
            return;
        }
        owed.incrementAndGet();
        trySoon();
    }

    private boolean tell(Request request) {
        long timeout = settings.timeout().toNanos();
        long begun = System.nanoTime();
        int refused = 0;
        do {
            long asked = System.nanoTime();
            if (ask(request) != null) {
                return true;
            }
            // A connection that Redis has closed may be all that failed the first time.
            refused += System.nanoTime() - asked < timeout ? 1 : 0;
        } while (refused < 2 && System.nanoTime() - begun < PATIENCE_OF_CHANGES * timeout);
        return false;
    }

    /**
     * Until every process has asked for news since. Where Redis could not be told, too: it may have gone away just now, and who
     * has asked it before that goes on showing for as long.
     */
    void awaitHeard() {
        if (!settings.enabled()) {
            return;
        }
        long end = System.nanoTime() + CacheNews.FRESH.toNanos();
        boolean isInterrupted = false;
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            try {
                TimeUnit.NANOSECONDS.sleep(left);
            } catch (InterruptedException stopped) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Has everything forgotten that is owed. What comes to be owed meanwhile still is afterwards. */
    private boolean settle() {
        long known = owed.get();
        if (!isSettling.compareAndSet(false, true)) {
            return false;
        }
        try {
            if (ask(Request.cmd(Command.DEL).arg(KeptInRedis.EPOCHS).arg(CacheNews.PLACE)) == null) {
                return false;
            }
            settled.set(known);
            return isReady();
        } finally {
            isSettling.set(false);
        }
    }

    /** Even if nobody asks. */
    private void trySoon() {
        if (isToBeTried.compareAndSet(false, true)) {
            vertx.setTimer(
                    BETWEEN_TRIES.toMillis(),
                    timer -> Thread.ofVirtual().start(() -> {
                        isToBeTried.set(false);
                        if (!isReady() && !settle()) {
                            trySoon();
                        }
                    }));
        }
    }

    /** @return null if there was no answer in time */
    @Nullable
    Response ask(Request request) {
        try {
            Response answer = redis.send(request)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
            answered();
            return answer;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            failed(stopped);
        } catch (ExecutionException | TimeoutException | RuntimeException away) {
            failed(away);
        }
        return null;
    }

    /** It has answered in time. */
    void answered() {
        if (lateSince.get() != IN_TIME) {
            lateSince.set(IN_TIME);
        }
    }

    /** It was asked and did not answer: if it is away, or has been late for a while, it is passed over for a longer one. */
    void failed(Throwable reason) {
        if (!(reason instanceof TimeoutException) || isLateForLong(System.nanoTime())) {
            passOver(reason);
        }
    }

    private boolean isLateForLong(long now) {
        long since = lateSince.compareAndSet(IN_TIME, now) ? now : lateSince.get();
        return since != IN_TIME && now - since >= PATIENCE * settings.timeout().toNanos();
    }

    private void passOver(Throwable away) {
        lateSince.set(IN_TIME);
        long now = System.nanoTime();
        // Every failure begins the pause anew. So when Redis is back, nobody who has missed it looks before each of
        // the others has found that out and has had forgotten what it owes.
        long before = passedOverUntil.getAndUpdate(
                until -> Math.max(until - now, settings.pause().toNanos()) + now);
        if (now - before >= 0) {
            // We do not know what others could not have forgotten there in the meantime.
            owed.incrementAndGet();
            trySoon();
            Log.warnf("Redis does not answer, nothing is kept there for a while: %s", away);
        }
    }
}
