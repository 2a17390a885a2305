package io.emporium.catalog.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * CSV (RFC 4180, UTF-8; lines may end with LF, CRLF or CR), a record at a time in memory that does not grow with the
 * file. It is our own because the usual readers give up at the first damage: here a record that cannot be read is one
 * bad record with its line, and the next one is read again. It works on bytes, since the bytes that part cells occur in
 * no longer UTF-8 sequence: so a wrong encoding spoils its own record only.
 *
 * <p>A quote that is never closed takes in everything up to the next quote, the end of the file, or {@value #LONGEST}
 * bytes, whichever is first; reading goes on at the next line's start after that.
 */
public final class CsvReader {
    /** A record's longest, in bytes. */
    public static final int LONGEST = 1024 * 1024;

    private static final String TOO_LONG = "is longer than 1 MB; a quote may never be closed";
    private static final int SEPARATOR = ',';

    private final Bytes bytes;
    private byte[] cell = new byte[1024];
    private int cellLength;
    private int recordLength;
    private long line = 1;

    /** @param most how many bytes the file may have */
    public CsvReader(InputStream file, long most) throws IOException {
        this.bytes = new Bytes(file, most);
    }

    /**
     * The next record that is not an empty line, or null at the end.
     *
     * @throws FileTooLarge if the file is
     */
    public @Nullable FileRecord next() throws IOException {
        while (true) {
            int first = bytes.peek();
            if (first == Bytes.END) {
                return null;
            }
            if (first != '\n' && first != '\r') {
                return record(line);
            }
            endOfLine(bytes.take());
        }
    }

    private FileRecord record(long start) throws IOException {
        List<String> cells = new ArrayList<>();
        recordLength = 0;
        String wrong = null;
        int after = SEPARATOR;
        while (after == SEPARATOR) {
            cellLength = 0;
            try {
                after = bytes.peek() == '"' ? quoted() : plain(bytes.take());
                if (wrong == null) {
                    cells.add(Bytes.text(cell, 0, cellLength));
                }
            } catch (CharacterCodingException notUtf8) {
                // Read on to the record's end: its quotes and line ends are sound.
                wrong = "is not UTF-8";
            } catch (Damaged damaged) {
                skipLine();
                return new FileRecord.Unreadable(start, damaged.why);
            }
        }
        return wrong == null
                ? new FileRecord.Cells(start, List.copyOf(cells))
                : new FileRecord.Unreadable(start, wrong);
    }

    /** Reads a cell without quotes, whose first byte is given; answers what ended it. */
    private int plain(int first) throws IOException, Damaged {
        int here = first;
        while (here != SEPARATOR && here != '\n' && here != '\r' && here != Bytes.END) {
            keep(here);
            here = bytes.take();
        }
        return ended(here);
    }

    private int quoted() throws IOException, Damaged {
        bytes.take();
        while (true) {
            int here = bytes.take();
            if (here == Bytes.END) {
                throw new Damaged("a quote is opened here and never closed");
            } else if (here == '"') {
                if (bytes.peek() != '"') {
                    return afterQuote();
                }
                keep(bytes.take());
            } else {
                if (here == '\n' || (here == '\r' && bytes.peek() != '\n')) {
                    line++;
                }
                keep(here);
            }
        }
    }

    private int afterQuote() throws IOException, Damaged {
        // White space between a closing quote and the separator is common and harmless.
        while (bytes.peek() == ' ') {
            bytes.take();
        }
        int here = bytes.peek();
        if (here != SEPARATOR && here != '\n' && here != '\r' && here != Bytes.END) {
            throw new Damaged("there is text after a closing quote: a quote too many, or one never closed");
        }
        return ended(bytes.take());
    }

    private int ended(int by) throws IOException, Damaged {
        if (by == SEPARATOR && ++recordLength > LONGEST) {
            throw new Damaged(TOO_LONG);
        }
        if (by == '\n' || by == '\r') {
            endOfLine(by);
        }
        return by;
    }

    private void endOfLine(int by) throws IOException {
        if (by == '\r' && bytes.peek() == '\n') {
            bytes.take();
        }
        line++;
    }

    private void keep(int value) throws Damaged {
        if (++recordLength > LONGEST) {
            throw new Damaged(TOO_LONG);
        }
        if (cellLength == cell.length) {
            cell = Arrays.copyOf(cell, cell.length * 2);
        }
        cell[cellLength++] = (byte) value;
    }

    private void skipLine() throws IOException {
        int here = bytes.take();
        while (here != '\n' && here != '\r' && here != Bytes.END) {
            here = bytes.take();
        }
        if (here != Bytes.END) {
            endOfLine(here);
        }
    }

    private static final class Damaged extends Exception {
        private static final long serialVersionUID = 1L;

        private final String why;

        Damaged(String why) {
            super(why, null, false, false);
            this.why = why;
        }
    }
}
