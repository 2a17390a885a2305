package io.emporium.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.Shopper;
import io.quarkus.redis.datasource.RedisDataSource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.RestClient;
import org.junit.jupiter.api.Test;

/** Of somebody who has left nothing is in Redis and in the search index either: with all that is kept there turned on. */
@QuarkusTest
@TestProfile(ErasedElsewhereTest.Kept.class)
class ErasedElsewhereTest {
    private static final String ME = "/api/v1/users/me";

    /** The cache, and limits that count and limit nobody. */
    public static class Kept implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "emporium.cache.enabled", "true",
                    "emporium.cache.timeout", "20s",
                    "emporium.web.limits.enabled", "true",
                    "emporium.web.limits.redis-timeout", "5s",
                    "emporium.web.limits.anonymous.requests", "100000",
                    "emporium.web.limits.login-address.requests", "100000");
        }
    }

    @Inject
    RedisDataSource redis;

    @Inject
    RestClient index;

    @Test
    void who_has_left_is_neither_in_redis_nor_in_the_index() throws IOException {
        Shopper zoe = Shopper.registered();
        String name = "Zoe" + UUID.randomUUID().toString().replaceAll("[-0-9]", "q");
        String phone = "+1555%09d".formatted(zoe.userId);
        zoe.json()
                .body(Map.of("first_name", name, "phone", phone))
                .patch(ME)
                .then()
                .statusCode(200);
        long product = Shopper.admin().createProduct("9.90", 5);
        zoe.putIntoCart(product, 1).then().statusCode(201);
        // Whatever is kept ready is asked for, and whatever is counted is done: a wrong password among it.
        for (String path : List.of(
                ME,
                ME + "/sessions",
                "/api/v1/addresses",
                "/api/v1/cart",
                "/api/v1/orders",
                "/api/v1/notifications",
                "/api/v1/products/" + product,
                "/api/v1/products?limit=5",
                "/api/v1/categories")) {
            zoe.request().get(path).then().statusCode(200);
        }
        Customers.nobody()
                .body(Map.of("email", zoe.email, "password", "Wrong-Wrong-Wrong-1"))
                .post("/api/v1/auth/login")
                .then()
                .statusCode(401);
        assertThat(inRedis()).as("something is kept").hasSizeGreaterThan(3);
        assertThat(inTheIndex()).as("somebody has indexed").isNotEmpty();

        Customers.with(zoe.token)
                .body(Map.of("password", Shopper.PASSWORD))
                .delete(ME)
                .then()
                .statusCode(200);

        for (String mark : List.of(zoe.email, name, phone)) {
            assertThat(inRedis()).as("in Redis").noneMatch(kept -> kept.contains(mark));
            assertThat(inTheIndex()).as("in the index").noneMatch(document -> document.contains(mark));
        }
    }

    @Test
    void what_stood_there_would_be_seen() {
        String mark = "mark-" + UUID.randomUUID();
        redis.value(String.class).set("test:" + mark + ":value", "x");
        redis.value(String.class).set("test:value", "{\"email\":\"" + mark + "\"}");
        redis.hash(String.class).hset("test:hash", "email", mark);
        redis.sortedSet(String.class).zadd("test:sorted", 1, mark);
        try {
            assertThat(inRedis().stream().filter(kept -> kept.contains(mark))).hasSize(4);
        } finally {
            redis.key().del("test:" + mark + ":value", "test:value", "test:hash", "test:sorted");
        }
    }

    /** Each key with what it holds. Not as DUMP has it: that packs what is long. */
    private List<String> inRedis() {
        List<String> all = new ArrayList<>();
        for (String key : redis.key().keys("*")) {
            all.add(key + " "
                    + switch (redis.execute("TYPE", key).toString()) {
                        case "string" -> redis.execute("GET", key);
                        case "hash" -> redis.execute("HGETALL", key);
                        case "list" -> redis.execute("LRANGE", key, "0", "-1");
                        case "set" -> redis.execute("SMEMBERS", key);
                        case "zset" -> redis.execute("ZRANGE", key, "0", "-1");
                        case "stream" -> redis.execute("XRANGE", key, "-", "+");
                        // Gone since.
                        default -> "";
                    });
        }
        return all;
    }

    /** Documents of all indexes, the first ten thousand of each: as text. */
    private List<String> inTheIndex() throws IOException {
        List<String> all = new ArrayList<>();
        index.performRequest(new Request("POST", "/_refresh"));
        for (String name : text("/_cat/indices?h=index").lines().toList()) {
            String documents = text("/" + name.strip() + "/_search?size=10000");
            if (!documents.contains("\"hits\":[]")) {
                all.add(documents);
            }
        }
        return all;
    }

    private String text(String path) throws IOException {
        return new String(
                index.performRequest(new Request("GET", path))
                        .getEntity()
                        .getContent()
                        .readAllBytes(),
                StandardCharsets.UTF_8);
    }
}
