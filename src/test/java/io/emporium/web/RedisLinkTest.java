package io.emporium.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.SimpleStringType;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When Redis is passed over: if it is away at once, if it is late only after it has been for a while. */
class RedisLinkTest {
    private static final Duration TIMEOUT = Duration.ofMillis(40);

    private final Vertx vertx = Vertx.vertx();
    private volatile Supplier<Future<Response>> answer = RedisLinkTest::inTime;
    private RedisLink link;

    @BeforeEach
    void ready() {
        var redis = (Redis) Proxy.newProxyInstance(
                Redis.class.getClassLoader(), new Class<?>[] {Redis.class}, (self, called, with) -> answer.get());
        link = new RedisLink(redis, vertx, settings());
        assertThat(link.isUsable()).isTrue();
    }

    @AfterEach
    void close() {
        vertx.close();
    }

    @Test
    void one_late_answer_is_no_reason_to_pass_it_over() {
        for (int i = 0; i < 10; i++) {
            answer = RedisLinkTest::late;
            assertThat(ask()).isNull();
            assertThat(link.isOpen()).isTrue();
            answer = RedisLinkTest::inTime;
            assertThat(ask()).isNotNull();
        }
    }

    @Test
    void who_is_late_for_long_is_passed_over_and_then_asked_again() {
        answer = RedisLinkTest::late;
        await().atMost(Duration.ofSeconds(20)).pollInSameThread().until(() -> ask() == null && !link.isOpen());
        answer = RedisLinkTest::inTime;
        await().atMost(Duration.ofSeconds(20)).until(link::isOpen);
        answer = RedisLinkTest::late;
        assertThat(ask()).isNull();
        assertThat(link.isOpen()).isTrue();
    }

    @Test
    void who_is_away_is_passed_over_at_once() {
        answer = () -> Future.failedFuture(new ConnectException("refused"));
        assertThat(ask()).isNull();
        assertThat(link.isOpen()).isFalse();
    }

    @Test
    void who_finds_it_again_has_everything_forgotten_and_waits_until_others_have() {
        answer = () -> Future.failedFuture(new ConnectException("refused"));
        assertThat(ask()).isNull();
        assertThat(link.isReady()).isFalse();
        // Longer than it is passed over.
        await().pollDelay(Duration.ofMillis(2_200))
                .atMost(Duration.ofSeconds(20))
                .until(() -> !link.isUsable());
        answer = RedisLinkTest::inTime;
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(5))
                .until(link::isReady);
        assertThat(link.isOpen()).isFalse();
        assertThat(link.isUsable()).isFalse();
        await().atMost(Duration.ofSeconds(20)).until(link::isUsable);
    }

    @Test
    void what_could_not_be_forgotten_is_owed() {
        answer = RedisLinkTest::late;
        link.forget(Request.cmd(Command.PING));
        assertThat(link.isReady()).isFalse();
        answer = RedisLinkTest::inTime;
        await().atMost(Duration.ofSeconds(20)).until(link::isUsable);
        assertThat(link.isReady()).isTrue();
    }

    /** As when Redis is halted for a moment: others would not pass it over for that. */
    @Test
    void who_has_something_forgotten_tries_for_longer_than_others_look() {
        var asked = new AtomicInteger();
        answer = () -> asked.incrementAndGet() % 4 == 0 ? inTime() : late();
        // Not at the first go where this machine is halted meanwhile, too.
        await().atMost(Duration.ofSeconds(20)).pollInSameThread().until(() -> {
            asked.set(0);
            link.forget(Request.cmd(Command.PING));
            return asked.get() == 4;
        });
    }

    private Response ask() {
        return link.ask(Request.cmd(Command.PING));
    }

    private static Future<Response> inTime() {
        return Future.succeededFuture(SimpleStringType.create("PONG"));
    }

    private static Future<Response> late() {
        return Promise.<Response>promise().future();
    }

    private static CacheSettings settings() {
        return (CacheSettings) Proxy.newProxyInstance(
                CacheSettings.class.getClassLoader(),
                new Class<?>[] {CacheSettings.class},
                (self, called, with) -> switch (called.getName()) {
                    case "enabled" -> true;
                    case "timeout" -> TIMEOUT;
                    case "pause" -> Duration.ofSeconds(2);
                    default -> throw new UnsupportedOperationException(called.getName());
                });
    }
}
