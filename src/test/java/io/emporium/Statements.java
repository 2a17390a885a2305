package io.emporium;

import io.quarkus.hibernate.orm.PersistenceUnitExtension;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.jspecify.annotations.Nullable;

/** Writes down every statement that the application sends, while a test listens. */
@PersistenceUnitExtension
public class Statements implements StatementInspector {
    private static final long serialVersionUID = 1L;
    private static volatile @Nullable Set<String> heard;
    private static volatile @Nullable Map<String, Integer> counted;

    /** What is sent from now on, each once. */
    static Set<String> listen() {
        Set<String> statements = new ConcurrentSkipListSet<>();
        heard = statements;
        return statements;
    }

    static void stop() {
        heard = null;
    }

    /** What is sent meanwhile, by whomever, and how often. */
    public static Map<String, Integer> counted(Runnable work) {
        Map<String, Integer> statements = new ConcurrentSkipListMap<>();
        counted = statements;
        try {
            work.run();
        } finally {
            counted = null;
        }
        return statements;
    }

    @Override
    public String inspect(String sql) {
        Set<String> statements = heard;
        if (statements != null) {
            statements.add(sql);
        }
        Map<String, Integer> counts = counted;
        if (counts != null) {
            counts.merge(sql, 1, Integer::sum);
        }
        return sql;
    }
}
