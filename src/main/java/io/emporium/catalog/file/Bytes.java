package io.emporium.catalog.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** A stream, byte by byte and counting, with one byte of foresight; a UTF-8 byte order mark at its start is passed over. */
final class Bytes {
    static final int END = -1;

    private final InputStream source;
    private final long most;
    private final byte[] block = new byte[64 * 1024];
    private int next;
    private int end;
    private long read;

    /** @param most how many bytes may come before {@link FileTooLarge} is thrown */
    Bytes(InputStream source, long most) throws IOException {
        this.source = source;
        this.most = most;
        while (end < 3 && more()) {}
        if (end >= 3 && block[0] == (byte) 0xEF && block[1] == (byte) 0xBB && block[2] == (byte) 0xBF) {
            next = 3;
        }
    }

    int take() throws IOException {
        int here = peek();
        if (here != END) {
            next++;
        }
        return here;
    }

    int peek() throws IOException {
        if (next == end) {
            next = 0;
            end = 0;
            if (!more()) {
                return END;
            }
        }
        return block[next] & 0xff;
    }

    private boolean more() throws IOException {
        int count = source.read(block, end, block.length - end);
        if (count <= 0) {
            return false;
        }
        end += count;
        read += count;
        if (read > most) {
            throw new FileTooLarge();
        }
        return true;
    }

    /** @throws CharacterCodingException if it is not UTF-8; what was meant is not guessed */
    static String text(byte[] bytes, int from, int to) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(bytes, from, to - from))
                .toString();
    }
}
