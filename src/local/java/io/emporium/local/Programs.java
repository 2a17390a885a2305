package io.emporium.local;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import redis.embedded.core.ExecutableProvider;

/** The programs of the servers that are not Java, unpacked once for a user from the jars that Maven fetched. */
final class Programs {

    private final Path home;

    /** @param home the folder that keeps them, shared by all data folders of this user */
    Programs(Path home) {
        this.home = home.toAbsolutePath().normalize();
    }

    /** PostgreSQL's folder, with {@code bin}, {@code lib} and {@code share} in it. */
    Path postgres(String version) throws IOException {
        String resource = resourceOf(List.of(
                "postgres-linux-x86_64.txz",
                "postgres-linux-arm_64.txz",
                "postgres-darwin-x86_64.txz",
                "postgres-darwin-arm_64.txz",
                "postgres-windows-x86_64.txz"));
        Path folder = home.resolve("postgresql-" + version);
        if (Files.isDirectory(folder)) {
            return folder;
        }
        Path part = Files.createTempDirectory(Files.createDirectories(home), "postgresql-");
        try (InputStream in = Programs.class.getResourceAsStream("/" + resource)) {
            unpack(in, part);
        }
        return putInPlace(part, folder);
    }

    /** The Redis server's executable. */
    Path redis() throws IOException {
        Path folder = home.resolve("redis-6.2");
        Path program = folder.resolve(exe("redis-server"));
        if (!Files.exists(program)) {
            Path part = Files.createTempDirectory(Files.createDirectories(home), "redis-");
            File unpacked =
                    ExecutableProvider.newJarResourceProvider(part.toFile()).get();
            Files.move(unpacked.toPath(), part.resolve(exe("redis-server")));
            putInPlace(part, folder);
        }
        return program;
    }

    static String exe(String name) {
        return windows() ? name + ".exe" : name;
    }

    static boolean windows() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
    }

    /** Whether a program of that name is on the path. */
    static boolean exists(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        for (String folder : path.split(File.pathSeparator)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    private static String resourceOf(List<String> names) throws IOException {
        for (String name : names) {
            if (Programs.class.getResource("/" + name) != null) {
                return name;
            }
        }
        throw new IOException("there is no PostgreSQL for this platform in the build");
    }

    private static void unpack(InputStream txz, Path target) throws IOException {
        boolean posix = Files.getFileStore(target).supportsFileAttributeView("posix");
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(txz, 1 << 16)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = target.resolve(entry.getName()).normalize();
                if (!path.startsWith(target)) {
                    throw new IOException("an entry of the archive leaves its folder: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                    continue;
                }
                Files.createDirectories(path.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, path);
                    if (posix && (entry.getMode() & 0100) != 0) {
                        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
                    }
                }
            }
        }
    }

    /** Two first starts at the same time both unpack; the second finds the folder there and drops its own. */
    private static Path putInPlace(Path part, Path folder) throws IOException {
        try {
            Files.move(part, folder);
        } catch (FileAlreadyExistsException taken) {
            DataFolder.delete(part);
        } catch (FileSystemException taken) {
            if (!Files.isDirectory(folder)) {
                throw taken;
            }
            DataFolder.delete(part);
        }
        return folder;
    }
}
