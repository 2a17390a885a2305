package io.emporium.local;

import java.util.Map;

/**
 * One server of local mode. A server keeps its port for as long as this JVM lives, so that one that was stopped (to see the
 * shop sell without it) comes back where its clients look for it.
 */
interface LocalServer {

    /** Short name: that of its folder, its log file and its address on the control page. */
    String name();

    /** What the progress line calls it. */
    String title();

    /** Starts it and waits until it serves; throws with one plain sentence when it cannot. */
    void start() throws Exception;

    /** Ends it; harmless when it does not run. */
    void stop() throws Exception;

    /** Whether it is a process of its own, which must be ended even when its data no longer matters. */
    default boolean apart() {
        return false;
    }

    /** The settings that lead the application to it, by the names the application reads. */
    Map<String, String> settings();
}
