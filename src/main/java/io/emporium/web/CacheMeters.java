package io.emporium.web;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How often what was looked for in a cache was there: {@code cache_lookups_total}, by kind and result. */
@Singleton
class CacheMeters {
    private final MeterRegistry meters;
    private final Map<String, Counter> hits = new ConcurrentHashMap<>();
    private final Map<String, Counter> misses = new ConcurrentHashMap<>();
    private final Map<String, Counter> passes = new ConcurrentHashMap<>();

    CacheMeters(MeterRegistry meters) {
        this.meters = meters;
    }

    void hit(Cache.Kind kind) {
        hits.computeIfAbsent(kind.name(), name -> looked(name, "hit")).increment();
    }

    void missed(Cache.Kind kind) {
        misses.computeIfAbsent(kind.name(), name -> looked(name, "miss")).increment();
    }

    /** Redis was not asked, for it is away. */
    void passedOver(Cache.Kind kind) {
        passes.computeIfAbsent(kind.name(), name -> looked(name, "passed_over")).increment();
    }

    Counter looked(String kind, String result) {
        return Counter.builder("cache.lookups")
                .description("Looks into what is kept: hit, miss, or passed_over while Redis is away")
                .tag("kind", kind)
                .tag("result", result)
                .register(meters);
    }
}
