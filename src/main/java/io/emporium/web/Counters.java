package io.emporium.web;

import io.emporium.web.RateLimits.Tally;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.vertx.core.Future;
import io.vertx.redis.client.RedisAPI;
import io.vertx.redis.client.Response;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Counts requests in windows: in Redis, one atomic script a request, or in this process while Redis is away. */
@Singleton
class Counters {
    // The window begins with its first request; a counter that lost its end (a replica that failed over) gets a new
    // one.
    private static final String SCRIPT = """
            local used = redis.call('INCR', KEYS[1])
            local left = redis.call('PTTL', KEYS[1])
            if left < 0 then
              redis.call('PEXPIRE', KEYS[1], ARGV[1])
              left = tonumber(ARGV[1])
            end
            return {used, left}
            """;

    private static final String TAKE_BACK =
            "if redis.call('EXISTS', KEYS[1]) == 1 then return redis.call('DECR', KEYS[1]) end";

    private final RedisAPI redis;
    private final MeterRegistry meters;
    private final WebSettings.Limits limits;
    private final Map<String, Window> here;
    private final AtomicLong passedOverUntil = new AtomicLong(System.nanoTime());

    Counters(RedisAPI redis, WebSettings settings, MeterRegistry meters) {
        this.redis = redis;
        this.meters = meters;
        this.limits = settings.limits();
        this.here = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
                return size() > limits.localCounters();
            }
        };
    }

    private static final class Window {
        final long endsAt;
        long used;

        Window(long endsAt) {
            this.endsAt = endsAt;
        }
    }

    /** Counts one more; never fails. */
    Future<Tally> count(String what, String who, WebSettings.Rate rate) {
        String key = key(what, who);
        if (System.nanoTime() - passedOverUntil.get() < 0) {
            return Future.succeededFuture(told(what, countHere(key, rate)));
        }
        return inRedis(key, rate)
                .recover(away -> {
                    passOver(away);
                    return Future.succeededFuture(countHere(key, rate));
                })
                .map(tally -> told(what, tally));
    }

    private Tally told(String what, Tally tally) {
        if (tally.isExceeded()) {
            meters.counter("rate.limit.refusals", "limit", what).increment();
        }
        return tally;
    }

    /** Begins anew; a failure is only noticed by the next count. */
    void forget(String what, String who) {
        String key = key(what, who);
        synchronized (here) {
            here.remove(key);
        }
        if (System.nanoTime() - passedOverUntil.get() < 0) {
            return;
        }
        try {
            redis.del(List.of(key)).onFailure(this::passOver);
        } catch (RuntimeException notEvenAsked) {
            passOver(notEvenAsked);
        }
    }

    /** Takes one count back; a failure is only noticed by the next count. */
    void takeBack(String what, String who) {
        String key = key(what, who);
        synchronized (here) {
            Window window = here.get(key);
            if (window != null) {
                window.used--;
            }
        }
        if (System.nanoTime() - passedOverUntil.get() < 0) {
            return;
        }
        try {
            redis.eval(List.of(TAKE_BACK, "1", key)).onFailure(this::passOver);
        } catch (RuntimeException notEvenAsked) {
            passOver(notEvenAsked);
        }
    }

    /** How a count stands that is kept in this process only; it is not counted. */
    Tally look(String what, String who, WebSettings.Rate rate) {
        synchronized (here) {
            Window window = here.get(key(what, who));
            long left = window == null ? 0 : window.endsAt - System.nanoTime();
            return window == null || left <= 0
                    ? new Tally(rate.requests(), 0, rate.per())
                    : new Tally(rate.requests(), window.used, Duration.ofNanos(left));
        }
    }

    /** Counts one more in this process only. */
    void countInThisProcess(String what, String who, WebSettings.Rate rate) {
        countHere(key(what, who), rate);
    }

    private Future<Tally> inRedis(String key, WebSettings.Rate rate) {
        try {
            return redis.eval(
                            List.of(SCRIPT, "1", key, String.valueOf(rate.per().toMillis())))
                    .timeout(limits.redisTimeout().toMillis(), TimeUnit.MILLISECONDS)
                    .map(answer -> tally(rate, answer));
        } catch (RuntimeException notEvenAsked) {
            return Future.failedFuture(notEvenAsked);
        }
    }

    private static Tally tally(WebSettings.Rate rate, Response answer) {
        return new Tally(
                rate.requests(),
                answer.get(0).toLong(),
                Duration.ofMillis(answer.get(1).toLong()));
    }

    private void passOver(Throwable away) {
        long now = System.nanoTime();
        long until = now + limits.redisPause().toNanos();
        long before = passedOverUntil.get();
        // Of the many requests that notice it at once, one says so.
        if (now - before >= 0 && passedOverUntil.compareAndSet(before, until)) {
            Log.warnf("Redis does not answer, this process limits by itself for a while: %s", away.getMessage());
        }
    }

    private Tally countHere(String key, WebSettings.Rate rate) {
        synchronized (here) {
            long now = System.nanoTime();
            Window window = here.get(key);
            if (window == null || window.endsAt - now <= 0) {
                // Taken out first, so that the order stays that of the windows' beginnings.
                here.remove(key);
                window = new Window(now + rate.per().toNanos());
                here.put(key, window);
            }
            window.used++;
            return new Tally(rate.requests(), window.used, Duration.ofNanos(window.endsAt - now));
        }
    }

    // Hashed: an e-mail address is nobody's business in Redis, and a long one no way to fill it.
    private static String key(String what, String who) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(who.getBytes(StandardCharsets.UTF_8));
            return "emporium:limit:" + what + ":"
                    + Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(hash)
                            .substring(0, 22);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
