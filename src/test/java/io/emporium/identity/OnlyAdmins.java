package io.emporium.identity;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The only admins for as long as it is open: the tests share a database, in which others have left admins of all sorts. The role
 * of those is set aside, and given back at the end.
 */
final class OnlyAdmins implements AutoCloseable {
    private final Rows rows;
    private final List<String> others;

    OnlyAdmins(Rows rows, List<Long> these) {
        this.rows = rows;
        this.others = rows.texts("UPDATE users SET role = 'customer' WHERE role = 'admin' AND user_id NOT IN ("
                + these.stream().map(String::valueOf).collect(Collectors.joining(",")) + ") RETURNING user_id");
    }

    @Override
    public void close() {
        if (!others.isEmpty()) {
            rows.update("UPDATE users SET role = 'admin' WHERE user_id IN (" + String.join(",", others) + ")");
        }
    }
}
