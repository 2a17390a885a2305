package io.emporium.chaos;

import java.io.File;
import java.io.IOException;
import java.net.URL;

/**
 * What {@link Woven} puts into the shop's classes: called inside the process that is to die, and JDK only. A point is armed
 * by a file of its name in the folder {@code chaos.armed}, which the processes share: whoever comes by first takes the file
 * away and dies.
 */
public final class Trap {
    /** As of SIGKILL. */
    private static final int KILLED = 137;

    private static final int ORPHANED = 143;
    private static final String ARMED = System.getProperty("chaos.armed", "");

    private Trap() {}

    /** Dies where it is armed: as by SIGKILL, but at this very instruction, no hook, no {@code finally}, nothing flushed. */
    public static void reached(String point) {
        if (new File(ARMED, point).delete()) {
            Runtime.getRuntime().halt(KILLED);
        }
    }

    /** As the other, of calls to one path only. */
    public static void reached(URL url, String path, String point) {
        if (url.getPath().equals(path)) {
            reached(point);
        }
    }

    /** The suite holds this process' standard input: when it ends, however that happens, so does this. */
    public static void endWithOwner() {
        Thread.ofPlatform().daemon().name("owner").start(() -> {
            try {
                while (System.in.read() >= 0) {
                    continue;
                }
            } catch (IOException closed) {
                // As good as closed.
            }
            Runtime.getRuntime().halt(ORPHANED);
        });
    }
}
