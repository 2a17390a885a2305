package io.emporium.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.emporium.LocalServerSwitch;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisAPI;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is kept is never shown once it has changed, whoever keeps, forgets or goes away meanwhile. */
@QuarkusTest
@TestProfile(CacheTest.Kept.class)
public class CacheTest {
    /** With the cache, which other tests have not. */
    public static class Kept implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            // A slow machine is not a Redis that is away.
            return Map.of(
                    "emporium.cache.enabled",
                    "true",
                    "emporium.cache.timeout",
                    "20s",
                    "emporium.cache.pause",
                    "1s",
                    "emporium.cache.shown",
                    "5m");
        }
    }

    private final Cache.Kind kind = new Cache.Kind("test-" + UUID.randomUUID(), Duration.ofMinutes(1), 10, true);
    private final Cache.Kind parts = new Cache.Kind("test-" + UUID.randomUUID(), Duration.ofMinutes(1), 1_000, true);

    @Inject
    Cache cache;

    @Inject
    Redis redis;

    @Inject
    RedisAPI commands;

    @Inject
    Vertx vertx;

    @Inject
    Event<Cache.Emptied> emptied;

    @Inject
    CacheSettings settings;

    @Inject
    CacheMeters meters;

    @AfterEach
    void redisIsThere() {
        new LocalServerSwitch("redis").start();
    }

    @Test
    void what_is_kept_is_not_read_again_until_it_is_forgotten() {
        String a = kept(cache, "a");
        String b = kept(cache, "b");
        assertThat(get(cache, "a", () -> "2")).isEqualTo(a);

        cache.forget(kind, List.of("a"));
        assertThat(get(cache, "a", () -> "3")).isEqualTo("3");
        assertThat(get(cache, "b", () -> "3")).isEqualTo(b);

        cache.forget(kind, List.of(), kind);
        assertThat(get(cache, "b", () -> "4")).isEqualTo("4");
    }

    @Test
    void what_was_read_before_a_change_is_not_kept_after_it() {
        String stale = get(cache, "a", () -> {
            // It changes between our reading and our keeping it.
            cache.forget(kind, List.of("a"));
            return "old";
        });
        assertThat(stale).isEqualTo("old");
        assertThat(get(cache, "a", () -> "new")).isEqualTo("new");

        get(cache, "b", () -> {
            cache.forget(kind, List.of(), kind);
            return "old";
        });
        assertThat(get(cache, "b", () -> "new")).isEqualTo("new");
    }

    @Test
    void of_many_who_ask_at_once_one_reads() throws Exception {
        var reads = new AtomicInteger();
        try (var together = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<String>> many = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                many.add(() -> get(cache, "a", () -> {
                    reads.incrementAndGet();
                    sleep(900);
                    return "1";
                }));
            }
            for (Future<String> one : together.invokeAll(many)) {
                assertThat(one.get()).isEqualTo("1");
            }
        }
        // The next one, should a busy machine keep the first from answering for a second.
        assertThat(reads.get()).isLessThanOrEqualTo(3);
    }

    @Test
    void a_reader_who_fails_leaves_the_next_one_free_to_read() {
        // Once at least, for a reader who is too slow has lost the lease.
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            String name = UUID.randomUUID().toString();
            assertThatThrownBy(() -> get(cache, name, () -> {
                        throw new IllegalStateException("test");
                    }))
                    .hasMessage("test");
            // Kept by the next one: they had the lease, and did not only read for themselves.
            assertThat(get(cache, name, () -> "1")).isEqualTo("1");
            return get(cache, name, () -> "2").equals("1");
        });
    }

    @Test
    void a_whole_is_of_its_parts_as_they_are() {
        Map<Long, String> shelf = new HashMap<>(Map.of(1L, "one", 2L, "two", 3L, "three"));
        assertThat(whole(shelf, 1L, 3L)).isEqualTo("one three rest");
        // Once the parts are kept, nothing is read.
        assertThat(whole(shelf, 1L, 3L)).isEqualTo("one three rest");
        assertThat(whole(Map.of(), 2L)).isEqualTo("one three rest");

        shelf.put(3L, "THREE");
        cache.forget(parts, List.of(3L));
        assertThat(whole(shelf, 2L)).isEqualTo("one THREE rest");

        shelf.remove(1L);
        cache.forget(parts, List.of(1L));
        assertThat(whole(shelf, 2L)).isEqualTo("THREE rest");

        cache.forget(kind, List.of(), kind);
        assertThat(whole(shelf, 2L)).isEqualTo("two rest");
    }

    @Test
    void no_more_is_kept_than_is_allowed() throws Exception {
        for (int i = 0; i < 30; i++) {
            String value = String.valueOf(i);
            get(cache, value, () -> value);
        }
        int kept = commands.keys("emporium:cache:*:" + kind.name() + ":*")
                .toCompletionStage()
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS)
                .size();
        // And the order in which they came.
        assertThat(kept).isEqualTo(kind.most() + 1);
    }

    @Test
    void what_one_process_forgets_the_others_have_forgotten() {
        Cache other = new Cache(new KeptInRedis(new RedisLink(redis, vertx, settings), emptied), meters);
        String shared = kept(other, "a");
        assertThat(get(cache, "a", () -> "2")).isEqualTo(shared);
        cache.forget(kind, List.of("a"));
        assertThat(get(other, "a", () -> "3")).isEqualTo("3");
    }

    @Test
    void a_process_that_starts_begins_with_nothing() {
        String before = kept(cache, "a");
        Cache started = new Cache(new KeptInRedis(new RedisLink(redis, vertx, settings), emptied), meters);
        String anew = kept(started, "a");
        assertThat(anew).isNotEqualTo(before);
        assertThat(get(cache, "a", () -> "3")).isEqualTo(anew);
    }

    @Test
    void without_redis_everybody_reads_and_what_changed_meanwhile_is_not_shown_afterwards() {
        assertThat(get(cache, "a", () -> "1")).isEqualTo("1");
        var server = new LocalServerSwitch("redis");
        server.stop();
        assertThat(get(cache, "a", () -> "2")).isEqualTo("2");
        cache.forget(kind, List.of("a"));
        assertThat(get(cache, "a", () -> "3")).isEqualTo("3");

        // It comes back with what it had.
        server.start();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            String found = get(cache, "a", () -> UUID.randomUUID().toString());
            assertThat(found).isNotIn("1", "2", "3");
            return get(cache, "a", () -> "5").equals(found);
        });
    }

    @Test
    void a_flushed_redis_is_filled_again() throws Exception {
        String before = kept(cache, "a");
        commands.flushall(List.of()).toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
        assertThat(kept(cache, "a")).isNotEqualTo(before);
    }

    @Test
    void only_when_everything_was_forgotten_it_is_filled_before_somebody_waits() {
        var told = new AtomicInteger();
        Cache started = new Cache(new KeptInRedis(new RedisLink(redis, vertx, settings), counting(told)), meters);
        get(started, "a", () -> "1");
        int once = told.get();
        started.forget(kind, List.of(), kind);
        get(started, "a", () -> "2");
        started.forget(kind, List.of("a"));
        get(started, "a", () -> "3");
        assertThat(told.get()).isEqualTo(once);

        // Again, if another process was the first to look.
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            commands.flushall(List.of())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(5, TimeUnit.SECONDS);
            get(started, "a", () -> "4");
            return told.get() > once;
        });
    }

    @SuppressWarnings("unchecked")
    private static Event<Cache.Emptied> counting(AtomicInteger told) {
        return (Event<Cache.Emptied>) Proxy.newProxyInstance(
                CacheTest.class.getClassLoader(), new Class<?>[] {Event.class}, (event, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("fireAsync");
                    told.incrementAndGet();
                    return CompletableFuture.completedFuture(null);
                });
    }

    private String get(Cache from, String name, Supplier<String> read) {
        return new String(from.get(kind, name, () -> read.get().getBytes(UTF_8)), UTF_8);
    }

    /** What the next one finds too: whoever is slower than a lease holds has read for themselves alone. */
    private String kept(Cache from, String name) {
        Supplier<String> anything = () -> UUID.randomUUID().toString();
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> get(from, name, anything),
                        found -> get(from, name, anything).equals(found));
    }

    /** What is on the shelf, read as those ids if the whole is not kept. */
    private String whole(Map<Long, String> shelf, Long... ids) {
        Cache.Found found = cache.getWhole(
                kind, "whole", parts, () -> new Cache.Whole(List.of(ids), "rest".getBytes(UTF_8)), wanted -> {
                    Map<Long, byte[]> read = new HashMap<>();
                    wanted.forEach(id -> {
                        if (shelf.containsKey(id)) {
                            read.put(id, shelf.get(id).getBytes(UTF_8));
                        }
                    });
                    return read;
                });
        StringBuilder text = new StringBuilder();
        found.parts().forEach(part -> text.append(new String(part, UTF_8)).append(' '));
        return text.append(new String(found.rest(), UTF_8)).toString();
    }

    private static void sleep(int milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
