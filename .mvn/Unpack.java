import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * What {@code mvnw} needs beyond a shell, with the JDK alone. {@code Unpack zip sha512 folder} checks the archive and unpacks
 * its single top folder to that place, all or nothing; {@code Unpack url file} downloads.
 */
final class Unpack {

    public static void main(String[] args) throws Exception {
        try {
            if (args.length == 2) {
                download(URI.create(args[0]), Path.of(args[1]));
            } else {
                unpack(Path.of(args[0]), args[1], Path.of(args[2]));
            }
        } catch (IOException e) {
            System.err.println("mvnw: " + e);
            System.exit(1);
        }
    }

    private static void download(URI from, Path to) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build()) {
            int status = client.send(HttpRequest.newBuilder(from).build(), BodyHandlers.ofFile(to))
                    .statusCode();
            if (status != 200) {
                Files.deleteIfExists(to);
                throw new IOException(from + " answered " + status);
            }
        }
    }

    private static void unpack(Path zip, String sha512, Path target) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-512").digest(Files.readAllBytes(zip));
        if (!HexFormat.of().formatHex(digest).equals(sha512)) {
            throw new IOException(zip.getFileName() + " is not what it should be: its SHA-512 differs");
        }
        Path part = Files.createTempDirectory(Files.createDirectories(target.getParent()), "unpacking-");
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                write(in, entry, part);
            }
        }
        part.resolve("bin").resolve("mvn").toFile().setExecutable(true);
        try {
            Files.move(part, target);
        } catch (FileSystemException e) {
            // Another mvnw was quicker.
            delete(part);
            if (!Files.isDirectory(target)) {
                throw e;
            }
        }
    }

    private static void write(InputStream in, ZipEntry entry, Path folder) throws IOException {
        String name = entry.getName().substring(entry.getName().indexOf('/') + 1);
        Path file = folder.resolve(name).normalize();
        if (!file.startsWith(folder)) {
            throw new IOException("an entry of the archive leaves its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(file);
        } else {
            Files.createDirectories(file.getParent());
            Files.copy(in, file);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
