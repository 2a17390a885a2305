package io.emporium.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Response;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The orders of events that a busy shop meets once in a million looks. On a real event loop; when Redis answers and when the
 * time is up is for the test to say, because no server can be made to do either between two ticks of a loop.
 */
class CacheNewsTest {
    private static final Response NEWS = response("1.1 begin");

    private final Vertx vertx = Vertx.vertx();
    private final Queue<Promise<Response>> asked = new ConcurrentLinkedQueue<>();
    private final Queue<Handler<Long>> timers = new ConcurrentLinkedQueue<>();
    private final Context loop = vertx.getOrCreateContext();
    private CacheNews news;

    @BeforeEach
    void open() {
        RedisConnection connection =
                fake(RedisConnection.class, (self, method, arguments) -> switch (method.getName()) {
                    case "send" -> {
                        Promise<Response> answer = Promise.promise();
                        asked.add(answer);
                        yield answer.future();
                    }
                    case "close" -> Future.succeededFuture();
                    default -> self;
                });
        Redis redis = fake(Redis.class, (self, method, arguments) -> switch (method.getName()) {
            case "connect" -> Future.succeededFuture(connection);
            case "send" -> Future.succeededFuture(NEWS);
            default -> self;
        });
        Vertx clock = fake(Vertx.class, (self, method, arguments) -> {
            if (method.getName().equals("setTimer")) {
                timers.add(timer(arguments[1]));
                return (long) timers.size();
            }
            return method.invoke(vertx, arguments);
        });
        var link = new RedisLink(redis, vertx, within(Duration.ofMinutes(1)));
        assertThat(link.isUsable()).isTrue();
        // Whenever a timer strikes, the time is up.
        news = new CacheNews(redis, link, within(Duration.ofNanos(1)), clock);
    }

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void a_time_out_between_two_looks_is_nobodys() throws Exception {
        var first = new CompletableFuture<Boolean>();
        var second = new CompletableFuture<Boolean>();
        onLoop(() -> news.hear(first::complete));
        Promise<Response> answer = nextAsked();
        // In one tick: the first look ends, so that the second is about to begin, and the first one's time is up.
        onLoop(() -> {
            news.hear(second::complete);
            answer.complete(NEWS);
            strike();
        });
        assertThat(first.get(20, TimeUnit.SECONDS)).isTrue();
        // Had it begun twice, the answer would be to a look that had forgotten who waits.
        Promise<Response> last = nextAsked();
        onLoop(() -> {});
        while (!asked.isEmpty()) {
            last = asked.poll();
        }
        last.complete(NEWS);
        assertThat(second.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void who_waits_for_a_look_that_takes_too_long_is_told_and_its_late_answer_is_nobodys() throws Exception {
        var first = new CompletableFuture<Boolean>();
        var second = new CompletableFuture<Boolean>();
        onLoop(() -> news.hear(first::complete));
        Promise<Response> late = nextAsked();
        onLoop(() -> {
            news.hear(second::complete);
            strike();
        });
        assertThat(first.get(20, TimeUnit.SECONDS)).isFalse();
        Promise<Response> answer = nextAsked();
        onLoop(() -> late.complete(NEWS));
        assertThat(second).isNotDone();
        onLoop(() -> answer.complete(NEWS));
        assertThat(second.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void a_late_answer_is_no_news_of_what_was_told_after_the_question() throws Exception {
        var slow = new CompletableFuture<Boolean>();
        onLoop(() -> news.hear(slow::complete));
        Promise<Response> answer = nextAsked();
        // What is told after Redis was asked is not in this answer, however late it comes.
        Thread.sleep(CacheNews.FRESH.multipliedBy(2));
        var next = new CompletableFuture<Boolean>();
        onLoop(() -> {
            answer.complete(NEWS);
            news.hear(next::complete);
        });
        assertThat(slow.get(20, TimeUnit.SECONDS)).isTrue();
        Promise<Response> second = nextAsked();
        assertThat(next).isNotDone();
        onLoop(() -> second.complete(NEWS));
        assertThat(next.get(20, TimeUnit.SECONDS)).isTrue();
    }

    private Promise<Response> nextAsked() {
        return await().atMost(Duration.ofSeconds(20)).until(asked::poll, promise -> promise != null);
    }

    private void strike() {
        assertThat(timers).isNotEmpty();
        for (Handler<Long> timer = timers.poll(); timer != null; timer = timers.poll()) {
            timer.handle(0L);
        }
    }

    /** A whole tick, and all that it leaves to the next ones. */
    private void onLoop(Runnable work) throws Exception {
        var done = new CompletableFuture<Void>();
        loop.runOnContext(ignored -> {
            try {
                work.run();
                loop.runOnContext(next -> loop.runOnContext(last -> done.complete(null)));
            } catch (Throwable fault) {
                done.completeExceptionally(fault);
            }
        });
        done.get(20, TimeUnit.SECONDS);
    }

    @SuppressWarnings("unchecked")
    private static Handler<Long> timer(Object handler) {
        return (Handler<Long>) handler;
    }

    private static CacheSettings within(Duration timeout) {
        return new CacheSettings() {
            @Override
            public boolean enabled() {
                return true;
            }

            @Override
            public Duration timeout() {
                return timeout;
            }

            @Override
            public Duration shown() {
                return Duration.ofSeconds(5);
            }

            @Override
            public Duration pause() {
                return Duration.ofSeconds(5);
            }
        };
    }

    /** A line of the news, and a list of nothing but it. */
    private static Response response(String line) {
        return fake(Response.class, (self, method, arguments) -> switch (method.getName()) {
            case "size" -> 1;
            case "get" -> self;
            case "toString" -> line;
            default -> throw new UnsupportedOperationException(method.toString());
        });
    }

    private static <T> T fake(Class<T> type, InvocationHandler does) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, does));
    }
}
