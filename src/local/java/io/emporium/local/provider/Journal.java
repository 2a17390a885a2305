package io.emporium.local.provider;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The file behind the ledger: one JSON object a line, only ever appended to. Appending is quick and not yet durable; whoever has to
 * answer waits for {@link #awaitDurable}, where one fsync serves all who wait. A line is all or nothing: an unfinished last one (the
 * process was killed while writing) is cut off at the next start.
 */
public final class Journal implements AutoCloseable {
    private final Path file;
    private final FileChannel lockChannel;
    private final FileLock lock;
    private final ReentrantLock flushing = new ReentrantLock();
    private FileChannel channel;
    private ByteArrayOutputStream unwritten = new ByteArrayOutputStream();
    private long appended;
    private volatile long durable;

    /** Opens the file in the folder. Throws IOException where another process has it open. */
    public Journal(Path folder) throws IOException {
        Files.createDirectories(folder);
        file = folder.resolve("ledger.jsonl");
        lockChannel =
                FileChannel.open(folder.resolve("ledger.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        lock = lock(lockChannel);
        if (lock == null) {
            lockChannel.close();
            throw new IOException("Another process uses the ledger in " + folder);
        }
        channel = open(file);
    }

    /** Waits some seconds for an owner that is just ending. */
    private static FileLock lock(FileChannel channel) throws IOException {
        FileLock taken = channel.tryLock();
        for (int i = 0; taken == null && i < 100; i++) {
            LockSupport.parkNanos(50_000_000);
            taken = channel.tryLock();
        }
        return taken;
    }

    private static FileChannel open(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Hands over every line, oldest first, and cuts off an unfinished last one. Returns how many there were. */
    public int replay(Consumer<Map<String, Object>> line) throws IOException {
        int lines = 0;
        long good = 0;
        ByteArrayOutputStream current = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        channel.position(0);
        while (channel.read(buffer.clear()) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                byte b = buffer.get();
                if (b != '\n') {
                    current.write(b);
                    continue;
                }
                try {
                    line.accept(Json.readObject(current.toString(StandardCharsets.UTF_8)));
                } catch (IllegalArgumentException e) {
                    throw new IOException(
                            "Line " + (lines + 1) + " of " + file + " is damaged: move the file away.", e);
                }
                lines++;
                good += current.size() + 1;
                current.reset();
            }
        }
        channel.truncate(good).position(good);
        return lines;
    }

    /** Takes a line; it is durable once {@link #awaitDurable} of the returned position came back. */
    public long append(Map<String, Object> line) {
        byte[] bytes = (Json.write(line) + "\n").getBytes(StandardCharsets.UTF_8);
        synchronized (this) {
            unwritten.writeBytes(bytes);
            appended += bytes.length;
            return appended;
        }
    }

    public synchronized long appended() {
        return appended;
    }

    /** Comes back when everything up to the position is on the disk. If it cannot be, the process ends: no answer may say otherwise. */
    public void awaitDurable(long position) {
        if (durable >= position) {
            return;
        }
        flushing.lock();
        try {
            if (durable >= position) {
                return;
            }
            ByteArrayOutputStream batch;
            long upTo;
            synchronized (this) {
                batch = unwritten;
                unwritten = new ByteArrayOutputStream();
                upTo = appended;
            }
            write(channel, batch.toByteArray());
            durable = upTo;
        } catch (IOException e) {
            System.err.println("The ledger cannot be written, the fake provider ends: " + e);
            Runtime.getRuntime().halt(74);
        } finally {
            flushing.unlock();
        }
    }

    private static void write(FileChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        channel.force(false);
    }

    /** Puts these lines in the place of all there are, at once: a crash leaves the old or the new ones. */
    public void rewrite(List<Map<String, Object>> lines) throws IOException {
        flushing.lock();
        try {
            Path next = file.resolveSibling("ledger.jsonl.new");
            try (FileChannel out = open(next)) {
                out.truncate(0);
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                for (Map<String, Object> line : lines) {
                    bytes.writeBytes((Json.write(line) + "\n").getBytes(StandardCharsets.UTF_8));
                    if (bytes.size() > 1 << 20) {
                        write(out, bytes.toByteArray());
                        bytes.reset();
                    }
                }
                write(out, bytes.toByteArray());
            }
            channel.close();
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            channel = open(file);
            channel.position(channel.size());
            synchronized (this) {
                // What was appended and not yet written is part of the state that the new lines were made from.
                unwritten = new ByteArrayOutputStream();
                durable = appended;
            }
        } finally {
            flushing.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        awaitDurable(appended());
        channel.close();
        lock.release();
        lockChannel.close();
    }
}
