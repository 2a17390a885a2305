package io.emporium.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Of every column that can hold a text, or a text's bytes, docs/privacy.md says what it holds of people. */
@QuarkusTest
class PersonalColumnsTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z0-9_]+\\.[a-z0-9_*]+)` \\| [^|\\s]");

    @Inject
    Rows rows;

    @Test
    void no_column_is_without_a_word() throws IOException {
        List<String> columns = rows.texts("""
                SELECT table_name || '.' || column_name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
                 WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
                   AND data_type NOT IN ('bigint', 'integer', 'smallint', 'numeric', 'boolean', 'uuid', 'date', 'timestamp with time zone', 'timestamp without time zone')
                """);
        List<String> told = ROW.matcher(Files.readString(Path.of("docs/privacy.md")))
                .results()
                .map((MatchResult row) -> row.group(1))
                .toList();
        var unknown = new TreeSet<String>();
        for (String column : columns) {
            if (!told.contains(column) && !told.contains(table(column) + ".*")) {
                unknown.add(column);
            }
        }
        assertThat(unknown).as("columns of which docs/privacy.md says nothing").isEmpty();
        assertThat(told)
                .as("what docs/privacy.md says of columns that are not there")
                .allMatch(each -> columns.contains(each)
                        || each.endsWith(".*")
                                && columns.stream()
                                        .anyMatch(column -> table(column).equals(table(each))));
        assertThat(columns).hasSizeGreaterThan(80);
    }

    private static String table(String column) {
        return column.substring(0, column.indexOf('.'));
    }
}
