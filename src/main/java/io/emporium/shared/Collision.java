package io.emporium.shared;

import java.sql.SQLException;
import java.util.Set;

/** Somebody else was in the way in the database: the transaction has left nothing, and the same may succeed at once. */
public final class Collision {
    /** Serialization failure, deadlock, lock not available. */
    private static final Set<String> STATES = Set.of("40001", "40P01", "55P03");

    private Collision() {}

    public static boolean is(SQLException fault) {
        return fault.getSQLState() != null && STATES.contains(fault.getSQLState());
    }
}
