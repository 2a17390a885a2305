package io.emporium.local.provider;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a fake provider lives as a process: it opens, writes {@code port=NNNN} into the {@code --ready} file when it listens, and
 * ends when its standard input does. {@code --port} (0, and by default: any), {@code --data} and {@code --ready} it always has.
 */
public final class Life {
    private static final List<String> ALWAYS = List.of("--port", "--data", "--ready");

    private Life() {}

    /** What listens on a port until it is closed. */
    public record Open(int port, Closeable door, Closeable ledger) {}

    /** Opens what is there. Throws IllegalArgumentException for options that do not fit together. */
    public interface Opening {
        Open open(Path data, Map<String, String> options) throws IOException;
    }

    /**
     * Runs until standard input ends. Exits with 64 for wrong arguments, 73 where port or ledger cannot be had.
     *
     * @param needed the options that must be there too, and {@code optional} those that may be
     */
    public static void live(
            String name, String[] arguments, List<String> needed, List<String> optional, Opening opening)
            throws IOException {
        try {
            Map<String, String> options = options(arguments, needed, optional);
            Path ready = Path.of(options.get("--ready"));
            Files.deleteIfExists(ready);
            Open open = opening.open(Path.of(options.get("--data")), options);
            Http.announce(ready, open.port());
            // Whoever started it holds the other end: when that process ends, however it ends, so does this one.
            while (System.in.read() >= 0) {
                continue;
            }
            Files.deleteIfExists(ready);
            open.door().close();
            open.ledger().close();
            System.exit(0);
        } catch (IllegalArgumentException e) {
            System.err.println(name + ": " + e.getMessage());
            System.exit(64);
        } catch (IOException e) {
            System.err.println(name + ": " + e.getMessage());
            System.exit(73);
        }
    }

    private static Map<String, String> options(String[] arguments, List<String> needed, List<String> optional) {
        Map<String, String> options = new HashMap<>(Map.of("--port", "0"));
        for (int i = 0; i < arguments.length; i += 2) {
            String option = arguments[i];
            boolean isKnown = ALWAYS.contains(option) || needed.contains(option) || optional.contains(option);
            if (!isKnown || i + 1 == arguments.length) {
                throw new IllegalArgumentException("not understood: " + option);
            }
            options.put(option, arguments[i + 1]);
        }
        if (!options.keySet().containsAll(ALWAYS)
                || !options.keySet().containsAll(needed)
                || !options.get("--port").matches("\\d{1,5}")) {
            throw new IllegalArgumentException("needs --port NUMBER, " + ALWAYS + " and " + needed);
        }
        return options;
    }
}
