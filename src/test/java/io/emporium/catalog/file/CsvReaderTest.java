package io.emporium.catalog.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CsvReaderTest {

    @Test
    void cells_quotes_and_line_ends_of_all_kinds_are_read() throws IOException {
        assertThat(read("a,b,c\r\n1,\"x, \"\"y\"\"\",\n\n\"two\r\nlines\",5\" pipe,\rlast,,"))
                .containsExactly(
                        cells(1, "a", "b", "c"),
                        cells(2, "1", "x, \"y\"", ""),
                        cells(4, "two\r\nlines", "5\" pipe", ""),
                        cells(6, "last", "", ""));
    }

    @Test
    void a_byte_order_mark_is_no_part_of_the_first_cell() throws IOException {
        assertThat(read("\uFEFFname,sku\n")).containsExactly(cells(1, "name", "sku"));
    }

    @Test
    void text_after_a_closing_quote_spoils_its_record_only() throws IOException {
        assertThat(read("a,\"b\"c,d\ne,f,g\n"))
                .satisfiesExactly(
                        first -> assertThat(first)
                                .isInstanceOfSatisfying(
                                        FileRecord.Unreadable.class,
                                        bad -> assertThat(bad.line()).isEqualTo(1)),
                        second -> assertThat(second).isEqualTo(cells(2, "e", "f", "g")));
    }

    @Test
    void a_quote_never_closed_is_reported_where_it_opens() throws IOException {
        assertThat(read("a,b\nc,\"d\ne,f\n"))
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo(cells(1, "a", "b")),
                        second -> assertThat(second).isInstanceOfSatisfying(FileRecord.Unreadable.class, bad -> {
                            assertThat(bad.line()).isEqualTo(2);
                            assertThat(bad.why()).contains("never closed");
                        }));
    }

    @Test
    void another_encoding_spoils_its_record_only() throws IOException {
        byte[] latin1 = "a,Caf\u00e9,b\nc,d,e\n".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(read(latin1, 1_000))
                .containsExactly(new FileRecord.Unreadable(1, "is not UTF-8"), cells(2, "c", "d", "e"));
    }

    @Test
    void a_record_longer_than_a_megabyte_is_bad_and_the_next_is_read() throws IOException {
        String endless = "x,\"" + "y".repeat(CsvReader.LONGEST) + "\nmore\nnext,row\n";
        List<FileRecord> records = read(endless);
        assertThat(records.getFirst()).isInstanceOf(FileRecord.Unreadable.class);
        assertThat(records).last().isEqualTo(cells(3, "next", "row"));
        assertThat(read(",".repeat(CsvReader.LONGEST + 1) + "\na,b\n"))
                .satisfiesExactly(
                        first -> assertThat(first).isInstanceOf(FileRecord.Unreadable.class),
                        second -> assertThat(second).isEqualTo(cells(2, "a", "b")));
    }

    @Test
    void a_file_longer_than_it_may_be_is_refused() {
        assertThatThrownBy(() -> read("a,b\n".repeat(30).getBytes(StandardCharsets.UTF_8), 100))
                .isInstanceOf(FileTooLarge.class);
    }

    @Test
    void whatever_the_bytes_are_it_comes_to_an_end() throws IOException {
        Random random = new Random(7);
        byte[] alphabet = {'a', ',', '"', '\n', '\r', ' ', (byte) 0xFF, (byte) 0xC3, (byte) 0xBC};
        for (int round = 0; round < 2_000; round++) {
            byte[] noise = new byte[random.nextInt(60)];
            for (int i = 0; i < noise.length; i++) {
                noise[i] = alphabet[random.nextInt(alphabet.length)];
            }
            assertThat(read(noise, 1_000).size()).isLessThanOrEqualTo(noise.length);
        }
    }

    @Test
    void a_formula_is_neutral_in_the_file_and_itself_again_after_it() throws IOException {
        for (String text : List.of(
                "=1+1",
                "+49",
                "-x",
                "@SUM(A1)",
                "\tx",
                "'=1",
                "''=1",
                "'quoted'",
                "plain",
                "a,b",
                "say \"hi\"",
                " x ",
                "two\r\nlines",
                "''",
                "é")) {
            String cell = CsvCell.write(text);
            assertThat(cell.replace("\"", "")).doesNotMatch("(?s)[=+\\-@\\t\\r].*");
            assertThat(read(cell + ",end\n"))
                    .singleElement()
                    .isInstanceOfSatisfying(
                            FileRecord.Cells.class,
                            record -> assertThat(CsvCell.read(record.cells().getFirst()))
                                    .isEqualTo(text));
        }
    }

    private static FileRecord.Cells cells(long line, String... cells) {
        return new FileRecord.Cells(line, List.of(cells));
    }

    private static List<FileRecord> read(String text) throws IOException {
        return read(text.getBytes(StandardCharsets.UTF_8), 1L << 30);
    }

    private static List<FileRecord> read(byte[] bytes, long most) throws IOException {
        CsvReader reader = new CsvReader(new ByteArrayInputStream(bytes), most);
        List<FileRecord> records = new ArrayList<>();
        for (FileRecord next = reader.next(); next != null; next = reader.next()) {
            records.add(next);
        }
        return records;
    }
}
