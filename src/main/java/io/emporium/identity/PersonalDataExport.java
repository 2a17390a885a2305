package io.emporium.identity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.emporium.shared.PersonalData;
import io.emporium.shared.PersonalData.Section;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * All that the shop keeps about somebody, of every module, as one moment knew it. Written to a file first: whoever reads
 * slowly holds no connection to the database, and whoever has much fills no memory.
 */
@ApplicationScoped
class PersonalDataExport {
    private static final int ROWS_AT_ONCE = 500;

    private final DataSource connections;
    private final List<Section> sections;
    private final JsonFactory json = new JsonFactory();

    PersonalDataExport(DataSource connections, @All List<PersonalData> modules) {
        this.connections = connections;
        this.sections = modules.stream()
                .flatMap(module -> module.sections().stream())
                // The account first, then by name: the same in every process.
                .sorted(Comparator.comparing(
                                (Section section) -> !section.name().equals("account"))
                        .thenComparing(Section::name))
                .toList();
    }

    /** The names of the lists in an export. */
    List<String> names() {
        return sections.stream().map(Section::name).toList();
    }

    /** The answer in its envelope, as JSON in UTF-8; the file behind it is gone when it is closed. */
    InputStream of(long userId) throws IOException {
        // Only the shop's own user can read it.
        Path file = Files.createTempFile("emporium-export-", ".json");
        try {
            write(userId, file);
            return Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (SQLException away) {
            Files.deleteIfExists(file);
            throw new IllegalStateException("The export could not be read", away);
        } catch (IOException | RuntimeException fault) {
            Files.deleteIfExists(file);
            throw fault;
        }
    }

    private void write(long userId, Path file) throws IOException, SQLException {
        try (Connection connection = connections.getConnection();
                var out = Files.newOutputStream(file);
                JsonGenerator to = json.createGenerator(out)) {
            int isolation = connection.getTransactionIsolation();
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try {
                to.writeStartObject();
                to.writeBooleanField("success", true);
                to.writeObjectFieldStart("data");
                for (Section section : sections) {
                    to.writeArrayFieldStart(section.name());
                    write(connection, section, userId, to);
                    to.writeEndArray();
                }
                to.writeEndObject();
                to.writeEndObject();
            } finally {
                connection.rollback();
                connection.setTransactionIsolation(isolation);
                connection.setReadOnly(false);
                connection.setAutoCommit(true);
            }
        }
    }

    private static void write(Connection connection, Section section, long userId, JsonGenerator to)
            throws SQLException, IOException {
        try (var statement = connection.prepareStatement(section.query())) {
            statement.setLong(1, userId);
            statement.setFetchSize(ROWS_AT_ONCE);
            try (ResultSet rows = statement.executeQuery()) {
                ResultSetMetaData columns = rows.getMetaData();
                while (rows.next()) {
                    to.writeStartObject();
                    for (int i = 1; i <= columns.getColumnCount(); i++) {
                        to.writeFieldName(columns.getColumnLabel(i));
                        write(rows, i, columns, to);
                    }
                    to.writeEndObject();
                }
            }
        }
    }

    private static void write(ResultSet rows, int column, ResultSetMetaData columns, JsonGenerator to)
            throws SQLException, IOException {
        @Nullable String text = rows.getString(column);
        if (text == null) {
            to.writeNull();
            return;
        }
        switch (columns.getColumnType(column)) {
            case Types.BOOLEAN, Types.BIT -> to.writeBoolean(rows.getBoolean(column));
            case Types.SMALLINT, Types.INTEGER, Types.BIGINT -> to.writeNumber(rows.getLong(column));
            case Types.NUMERIC -> to.writeNumber(rows.getBigDecimal(column).toPlainString());
            case Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE ->
                to.writeString(
                        rows.getObject(column, OffsetDateTime.class).toInstant().toString());
            case Types.DATE ->
                to.writeString(rows.getObject(column, LocalDate.class).toString());
            default -> {
                if (columns.getColumnTypeName(column).equals("jsonb")) {
                    to.writeRawValue(text);
                } else {
                    to.writeString(text);
                }
            }
        }
    }
}
