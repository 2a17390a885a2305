package io.emporium.identity;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;

/** Looks into the database, and changes what no endpoint changes yet. */
@Singleton
class Rows {
    @Inject
    DataSource connections;

    int update(String sql, Object... parameters) {
        try (var connection = connections.getConnection();
                var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    long count(String sql, Object... parameters) {
        try (var connection = connections.getConnection();
                var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    List<String> texts(String sql) {
        List<String> texts = new ArrayList<>();
        try (var connection = connections.getConnection();
                var statement = connection.prepareStatement(sql);
                var rows = statement.executeQuery()) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return texts;
    }

    UUID uuid(String sql, Object... parameters) {
        try (var connection = connections.getConnection();
                var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getObject(1, UUID.class);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The columns of the whole database in which a text stands, whatever their type: as table.column. */
    List<String> columnsWith(String text) {
        List<String> found = new ArrayList<>();
        try (var connection = connections.getConnection();
                var columns = connection.prepareStatement("""
                        SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
                         WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
                           AND data_type IN ('text', 'character varying', 'character', 'jsonb', 'json', 'USER-DEFINED', 'ARRAY', 'tsvector')
                        """);
                var names = columns.executeQuery()) {
            while (names.next()) {
                String table = names.getString(1);
                String column = names.getString(2);
                try (var look = connection.prepareStatement("SELECT EXISTS (SELECT 1 FROM \"" + table
                        + "\" WHERE strpos(lower(CAST(\"" + column + "\" AS text)), lower(?)) > 0)")) {
                    look.setString(1, text);
                    try (var row = look.executeQuery()) {
                        row.next();
                        if (row.getBoolean(1)) {
                            found.add(table + "." + column);
                        }
                    }
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return found;
    }
}
