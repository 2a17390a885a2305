package io.emporium.local;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.stream.Stream;

/**
 * The folder in which local mode keeps everything. One JVM owns it at a time, by a lock of the operating system, which is gone
 * with its owner however that one ended.
 */
final class DataFolder {

    private final Path root;
    private FileLock lock;

    DataFolder(Path root) throws IOException {
        this.root = Files.createDirectories(root.toAbsolutePath().normalize());
        // Passwords and keys live here: nobody else on the machine shall read them.
        if (Files.getFileStore(this.root).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(this.root, PosixFilePermissions.fromString("rwx------"));
        }
    }

    /** Takes the folder, waiting for an owner that is just ending; false when it is in use. */
    boolean lock(long waitMillis) throws IOException, InterruptedException {
        FileChannel channel =
                FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        long until = System.currentTimeMillis() + waitMillis;
        while (true) {
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException taken) {
                lock = null;
            }
            if (lock != null || System.currentTimeMillis() > until) {
                return lock != null;
            }
            Thread.sleep(100);
        }
    }

    Path root() {
        return root;
    }

    Path at(String name) {
        return root.resolve(name);
    }

    Path folder(String name) throws IOException {
        return Files.createDirectories(root.resolve(name));
    }

    Path log(String name) throws IOException {
        return folder("log").resolve(name + ".log");
    }

    /** Empties the folder, except for the lock that is held on it. */
    void clear() throws IOException {
        try (Stream<Path> entries = Files.list(root)) {
            for (Path entry : entries.toList()) {
                if (!entry.getFileName().toString().equals("lock")) {
                    delete(entry);
                }
            }
        }
    }

    /** A secret made at the first start and kept: 24 hex digits. */
    String secret(String name) throws IOException {
        return secret(name, 12);
    }

    /** The same, of so many bytes in hexadecimal. */
    String secret(String name, int length) throws IOException {
        Path file = folder("secrets").resolve(name);
        if (!Files.exists(file)) {
            byte[] bytes = new byte[length];
            new SecureRandom().nextBytes(bytes);
            write(file, HexFormat.of().formatHex(bytes));
        }
        return Files.readString(file).strip();
    }

    /** The RSA key that signs access tokens, PKCS#8 in PEM, made at the first start and kept so that tokens outlive a restart. */
    Path signingKey() throws IOException, GeneralSecurityException {
        return privateKey("jwt-private-key.pem");
    }

    /** An RSA key, PKCS#8 in PEM, made at the first start and kept. */
    Path privateKey(String name) throws IOException, GeneralSecurityException {
        Path file = folder("secrets").resolve(name);
        if (!Files.exists(file)) {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            byte[] pkcs8 = generator.generateKeyPair().getPrivate().getEncoded();
            String base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                    .encodeToString(pkcs8);
            write(file, "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n");
        }
        return file;
    }

    /** Writes a file so that a reader sees all of it or none. */
    static void write(Path file, String text) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        try (OutputStream out = Files.newOutputStream(part)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static void delete(Path path) throws IOException {
        if (!Files.exists(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(path)) {
            for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
