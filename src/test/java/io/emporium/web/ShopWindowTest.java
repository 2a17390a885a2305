package io.emporium.web;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emporium.LocalServerSwitch;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisAPI;
import io.vertx.redis.client.Request;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stands ready at the door is handed out until somebody, somewhere, has had forgotten what it is made of. */
@QuarkusTest
@TestProfile(CacheTest.Kept.class)
class ShopWindowTest {
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

    private final String name = UUID.randomUUID().toString();
    private Cache anotherProcess;

    @BeforeEach
    void somethingIsInTheWindow() {
        RedisLink link = new RedisLink(redis, vertx, settings);
        anotherProcess = new Cache(new KeptInRedis(link, emptied), meters);
        // A process that starts has everything forgotten first; from then on it only tells of its own changes.
        assertThat(link.isUsable()).isTrue();
        WindowProbe.VALUES.put(name, 1);
        awaitShown(1);
    }

    @AfterEach
    void everythingIsThere() {
        WindowProbe.afterReading = any -> {};
        new LocalServerSwitch("redis").start();
    }

    @Test
    void what_is_in_the_window_is_not_asked_for_again() {
        WindowProbe.VALUES.put(name, 2);
        assertThat(value()).isEqualTo(1);
        Response answer = ask();
        assertThat(answer.header("ETag")).isEqualTo("\"1\"");
        assertThat(answer.contentType()).isEqualTo("application/json;charset=UTF-8");
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(answer.header("X-Request-Id")).isNotBlank();
        assertThat(answer.asString()).isEqualTo("{\"success\":true,\"data\":1}");
        given().header("If-None-Match", "\"1\"").get(address()).then().statusCode(304);
        given().header("If-None-Match", "\"0\"").get(address()).then().statusCode(200);
    }

    @Test
    void what_another_process_has_had_forgotten_is_not_shown() {
        WindowProbe.VALUES.put(name, 2);
        anotherProcess.forget(WindowProbe.KIND, List.of(UUID.randomUUID().toString()));
        assertThat(value()).isEqualTo(1);
        anotherProcess.forget(WindowProbe.KIND, List.of(name));
        assertThat(value()).isEqualTo(2);

        awaitShown(2);
        WindowProbe.VALUES.put(name, 3);
        anotherProcess.forget(WindowProbe.KIND, List.of(), WindowProbe.KIND);
        assertThat(value()).isEqualTo(3);
    }

    /** They ask all the time, so that the process has just heard the news whenever something changes. */
    @Test
    void nobody_is_shown_less_than_what_was_answered_before_they_asked() throws Exception {
        var answered = new AtomicInteger(1);
        try (var http = HttpClient.newHttpClient();
                var readers = Executors.newVirtualThreadPerTaskExecutor()) {
            var request = HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + address()))
                    .build();
            var over = new AtomicBoolean();
            Callable<Integer> reader = () -> {
                int read = 0;
                for (; !over.get(); read++) {
                    int known = answered.get();
                    String body = http.send(request, HttpResponse.BodyHandlers.ofString())
                            .body();
                    assertThat(Integer.parseInt(body.replaceAll("\\D", ""))).isGreaterThanOrEqualTo(known);
                }
                return read;
            };
            List<Future<Integer>> reading =
                    List.of(readers.submit(reader), readers.submit(reader), readers.submit(reader));
            try {
                for (int value = 2; value <= 300; value++) {
                    WindowProbe.VALUES.put(name, value);
                    anotherProcess.forget(WindowProbe.KIND, List.of(name));
                    answered.set(value);
                    TimeUnit.MILLISECONDS.sleep(3);
                }
            } finally {
                over.set(true);
            }
            for (Future<Integer> each : reading) {
                assertThat(each.get(60, TimeUnit.SECONDS)).isPositive();
            }
        }
    }

    /** A call that was given up is carried out after its repetition, and after what others have told meanwhile. */
    @Test
    void news_that_come_twice_hide_nothing_that_was_told_between() throws Exception {
        var told = new AtomicReference<Request>();
        var spy = (Redis) Proxy.newProxyInstance(
                Redis.class.getClassLoader(), new Class<?>[] {Redis.class}, (self, called, with) -> {
                    if (called.getName().equals("send")) {
                        told.set((Request) with[0]);
                    }
                    return called.invoke(redis, with);
                });
        RedisLink link = new RedisLink(spy, vertx, settings);
        assertThat(link.isUsable()).isTrue();
        awaitShown(1);
        new Cache(new KeptInRedis(link, emptied), meters).forget(WindowProbe.KIND, List.of("another"));
        Request late = told.get();
        assertThat(value()).isEqualTo(1);

        WindowProbe.VALUES.put(name, 2);
        anotherProcess.forget(WindowProbe.KIND, List.of(name));
        redis.send(late).toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        Thread.sleep(CacheNews.FRESH);
        assertThat(value()).isEqualTo(2);
    }

    @Test
    void what_was_read_before_a_change_is_not_shown_after_it() {
        WindowProbe.afterReading = read -> {
            if (read.equals(name)) {
                WindowProbe.VALUES.put(name, 5);
                anotherProcess.forget(WindowProbe.KIND, List.of(name));
            }
        };
        WindowProbe.VALUES.put(name, 4);
        anotherProcess.forget(WindowProbe.KIND, List.of(name));
        assertThat(value()).isEqualTo(4);
        assertThat(value()).isEqualTo(5);
    }

    @Test
    void who_has_missed_more_than_is_written_down_shows_nothing_of_before() {
        WindowProbe.VALUES.put(name, 2);
        anotherProcess.forget(WindowProbe.KIND, List.of(name));
        for (int i = 0; i < CacheNews.KEPT; i++) {
            anotherProcess.forget(WindowProbe.KIND, List.of("another-" + i));
        }
        assertThat(value()).isEqualTo(2);
    }

    @Test
    void of_very_many_all_are_forgotten() {
        WindowProbe.VALUES.put(name, 2);
        List<String> many = IntStream.range(0, CacheNews.MOST_NAMES + 1)
                .mapToObj(i -> "another-" + i)
                .toList();
        anotherProcess.forget(WindowProbe.KIND, many);
        assertThat(value()).isEqualTo(2);
    }

    @Test
    void a_flushed_redis_knows_of_no_change_so_nothing_is_shown() throws Exception {
        WindowProbe.VALUES.put(name, 2);
        commands.flushall(List.of()).toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        // As whoever has something forgotten waits.
        Thread.sleep(CacheNews.FRESH);
        assertThat(value()).isEqualTo(2);
    }

    @Test
    void without_redis_everybody_is_shown_what_is_there() {
        var server = new LocalServerSwitch("redis");
        server.stop();
        for (int i = 2; i < 5; i++) {
            WindowProbe.VALUES.put(name, i);
            assertThat(value()).isEqualTo(i);
        }
        server.start();
        awaitShown(4);
    }

    @Test
    void what_ages_by_itself_is_shown_for_a_moment_only() {
        String brief = "/api/v1/probe/window/brief-" + name;
        WindowProbe.VALUES.put("brief-" + name, 1);
        given().get(brief).then().statusCode(200);
        WindowProbe.VALUES.put("brief-" + name, 2);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> given().get(brief).then().extract().<Integer>path("data") == 2);
        // Nobody has had anything forgotten: what does not age stands there still.
        WindowProbe.VALUES.put(name, 2);
        assertThat(value()).isEqualTo(1);
    }

    @Test
    void only_who_may_be_shown_it_is() {
        given().accept("text/csv").get(address()).then().statusCode(406);
        given().head(address()).then().statusCode(200);
        given().post(address()).then().statusCode(405);
    }

    private String address() {
        return "/api/v1/probe/window/" + name;
    }

    private Response ask() {
        return given().get(address());
    }

    private int value() {
        return ask().then().statusCode(200).extract().path("data");
    }

    /** Until a change behind the shop's back is not noticed. */
    private void awaitShown(int value) {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            WindowProbe.VALUES.put(name, value);
            int before = value();
            WindowProbe.VALUES.put(name, value + 100);
            int then = value();
            WindowProbe.VALUES.put(name, value);
            if (then != value) {
                anotherProcess.forget(WindowProbe.KIND, List.of(name));
            }
            return before == value && then == value;
        });
    }
}
