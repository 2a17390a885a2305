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
    private final Map<Lookup, Counter> counters = new ConcurrentHashMap<>();

    private record Lookup(String kind, String result) {}

    CacheMeters(MeterRegistry meters) {
        this.meters = meters;
    }

    void hit(Cache.Kind kind) {
        looked(kind.name(), "hit").increment();
    }

    void missed(Cache.Kind kind) {
        looked(kind.name(), "miss").increment();
    }

    /** Redis was not asked, for it is away. */
    void passedOver(Cache.Kind kind) {
        looked(kind.name(), "passed_over").increment();
    }

    Counter looked(String kind, String result) {
        return counters.computeIfAbsent(new Lookup(kind, result), this::counter);
    }

    private Counter counter(Lookup lookup) {
        return Counter.builder("cache.lookups")
                .description("Looks into what is kept: hit, miss, or passed_over while Redis is away")
                .tag("kind", lookup.kind())
                .tag("result", lookup.result())
                .register(meters);
    }
}
