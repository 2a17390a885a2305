package io.emporium.chaos;

import java.nio.file.Path;

/** The Java that runs us. */
final class Java {
    private Java() {}

    static String program() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
