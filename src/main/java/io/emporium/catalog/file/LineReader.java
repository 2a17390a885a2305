package io.emporium.catalog.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Lines of UTF-8 (NDJSON), one at a time; too long a one or one in another encoding spoils itself only. */
public final class LineReader {
    private final Bytes bytes;
    private byte[] kept = new byte[1024];
    private long line;

    /** @param most how many bytes the file may have */
    public LineReader(InputStream file, long most) throws IOException {
        this.bytes = new Bytes(file, most);
    }

    /**
     * The next line that is not blank, or null at the end.
     *
     * @throws FileTooLarge if the file is
     */
    public @Nullable FileRecord next() throws IOException {
        while (bytes.peek() != Bytes.END) {
            line++;
            int length = 0;
            boolean tooLong = false;
            for (int here = bytes.take(); here != '\n' && here != Bytes.END; here = bytes.take()) {
                if (length == CsvReader.LONGEST) {
                    tooLong = true;
                    continue;
                }
                if (length == kept.length) {
                    kept = Arrays.copyOf(kept, kept.length * 2);
                }
                kept[length++] = (byte) here;
            }
            if (tooLong) {
                return new FileRecord.Unreadable(line, "is longer than 1 MB");
            }
            try {
                String text = Bytes.text(kept, 0, length);
                if (!text.isBlank()) {
                    return new FileRecord.Line(line, text);
                }
            } catch (CharacterCodingException notUtf8) {
                return new FileRecord.Unreadable(line, "is not UTF-8");
            }
        }
        return null;
    }
}
