package io.emporium.web;

import io.quarkus.logging.Log;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import jakarta.inject.Singleton;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The cache's way to Redis, which may be away or slow. What could not be forgotten there is owed: a process that starts, for
 * the one before it, and one that could not forget, have everything forgotten before they look again.
 *
 * <pre>
 *   OWING ──► CLEARING ──► READY
 *     ▲          │           │
 *     └──────────┴───────────┘  a forgetting has failed
 * </pre>
 */
@Singleton
class RedisLink {
    private enum State {
        /** There may be something in Redis that this process should have had forgotten. */
        OWING,
        CLEARING,
        READY
    }

    private final Redis redis;
    private final Vertx vertx;
    private final CacheSettings settings;
    private final AtomicReference<State> state = new AtomicReference<>(State.OWING);
    private final AtomicLong passedOverUntil = new AtomicLong(System.nanoTime());

    RedisLink(Redis redis, Vertx vertx, CacheSettings settings) {
        this.redis = redis;
        this.vertx = vertx;
        this.settings = settings;
    }

    /** Whether it may be looked into; if there is something to be forgotten first, that is done. */
    boolean isUsable() {
        if (!settings.enabled() || System.nanoTime() - passedOverUntil.get() < 0) {
            return false;
        }
        if (isReady()) {
            return true;
        }
        return state.compareAndSet(State.OWING, State.CLEARING)
                && ask(Request.cmd(Command.DEL).arg(KeptInRedis.EPOCHS)) != null
                && state.compareAndSet(State.CLEARING, State.READY);
    }

    /** Whether nothing is owed. */
    boolean isReady() {
        return state.get() == State.READY;
    }

    /** Has something forgotten; not while it is owed, for then everything will be, and later than this. */
    void forget(Request request) {
        if (settings.enabled() && (isUsable() || state.get() != State.OWING) && ask(request) == null) {
            state.set(State.OWING);
        }
    }

    /** @return null if there was no answer in time: for a while Redis is passed over */
    @Nullable
    Response ask(Request request) {
        try {
            return redis.send(request)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            passOver(stopped);
        } catch (ExecutionException | TimeoutException | RuntimeException away) {
            passOver(away);
        }
        return null;
    }

    private void passOver(Exception away) {
        long now = System.nanoTime();
        long before = passedOverUntil.getAndUpdate(
                until -> Math.max(until - now, settings.pause().toNanos()) + now);
        state.compareAndSet(State.CLEARING, State.OWING);
        if (now - before >= 0) {
            Log.warnf("Redis does not answer, nothing is kept there for a while: %s", away);
        }
        // Even if nobody asks: what was changed meanwhile must not be shown by the others for longer than it has to.
        vertx.setTimer(
                settings.pause().toMillis() + 1, timer -> Thread.ofVirtual().start(this::isUsable));
    }
}
