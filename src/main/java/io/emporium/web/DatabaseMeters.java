package io.emporium.web;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import java.util.List;

/** What PostgreSQL has to do, as it says itself: how many are connected, of how many that may be, and how much it holds. */
@Singleton
class DatabaseMeters {
    private final EntityManager database;
    private final MultiGauge connections;
    private final MultiGauge most;
    private final MultiGauge size;

    DatabaseMeters(EntityManager database, MeterRegistry meters) {
        this.database = database;
        this.connections = MultiGauge.builder("database.connections")
                .description("Connections to the database server, of everybody")
                .register(meters);
        this.most = MultiGauge.builder("database.connections.max")
                .description("As many the database server takes")
                .register(meters);
        this.size = MultiGauge.builder("database.size")
                .description("What the shop's database takes on disk")
                .baseUnit("bytes")
                .register(meters);
    }

    @Scheduled(every = "${emporium.metrics.read-every}", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void read() {
        Object[] row = QuarkusTransaction.requiringNew().call(() ->
                (Object[]) database.createNativeQuery("""
                        SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
                               CAST(current_setting('max_connections') AS bigint), pg_database_size(current_database())
                        """, Object[].class).getSingleResult());
        is(connections, row[0]);
        is(most, row[1]);
        is(size, row[2]);
    }

    private static void is(MultiGauge gauge, Object value) {
        gauge.register(List.of(MultiGauge.Row.of(Tags.empty(), (Number) value)), true);
    }
}
