package io.emporium.web;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.HashMap;
import java.util.Map;

/** The same limits hold when nobody listens where Redis should be. */
@QuarkusTest
@TestProfile(RateLimitsWithoutRedisTest.NoRedis.class)
class RateLimitsWithoutRedisTest extends RateLimitsTest {
    public static class NoRedis extends RateLimitsTest.Limited {
        @Override
        public Map<String, String> getConfigOverrides() {
            var overrides = new HashMap<>(super.getConfigOverrides());
            overrides.put("quarkus.redis.hosts", "redis://127.0.0.1:1");
            return overrides;
        }
    }
}
