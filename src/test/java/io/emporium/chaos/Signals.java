package io.emporium.chaos;

import java.io.IOException;
import java.util.stream.Stream;

/** What is done to a server's process, and to those it has begun: PostgreSQL has one for each connection. */
final class Signals {
    private Signals() {}

    /** Dies as of a power cut; those it has begun see that themselves. */
    static void kill(ProcessHandle server) throws IOException, InterruptedException {
        send("KILL", Stream.of(server));
    }

    /** Answers nothing, with its connections open, until it goes on; the first one first, or it would begin more. */
    static void stop(ProcessHandle server) throws IOException, InterruptedException {
        send("STOP", Stream.of(server));
        send("STOP", server.descendants());
    }

    static void goOn(ProcessHandle server) throws IOException, InterruptedException {
        send("CONT", Stream.concat(server.descendants(), Stream.of(server)));
    }

    private static void send(String signal, Stream<ProcessHandle> processes) throws IOException, InterruptedException {
        String[] command = Stream.concat(
                        Stream.of("kill", "-" + signal), processes.map(each -> Long.toString(each.pid())))
                .toArray(String[]::new);
        if (command.length > 2) {
            new ProcessBuilder(command).start().waitFor();
        }
    }
}
