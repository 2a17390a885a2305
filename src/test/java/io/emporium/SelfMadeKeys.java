package io.emporium;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;

/** A key and a certificate by nobody for it, as Java's keytool makes them. */
public final class SelfMadeKeys {
    public static final String ALIAS = "a";
    private static final String PASSWORD = "changeit";

    private SelfMadeKeys() {}

    public static char[] password() {
        return PASSWORD.toCharArray();
    }

    /**
     * @param store the PKCS #12 file to be made; what was there is gone
     * @param name the common name
     * @param more of keytool's options
     */
    public static KeyStore in(Path store, String name, String... more)
            throws IOException, GeneralSecurityException, InterruptedException {
        Files.deleteIfExists(store);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-validity",
                "30",
                "-dname",
                "CN=" + name,
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
        command.addAll(List.of(more));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IllegalStateException(said);
        }
        return KeyStore.getInstance(store.toFile(), password());
    }
}
