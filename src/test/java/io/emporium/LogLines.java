package io.emporium;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;

/** What is logged while it listens, each line with its request's id and its fault. */
public final class LogLines extends Handler implements AutoCloseable {
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    private LogLines() {}

    public static LogLines listen() {
        var log = new LogLines();
        log.setLevel(Level.ALL);
        Logger.getLogger("").addHandler(log);
        return log;
    }

    public List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void publish(LogRecord line) {
        String message = line instanceof ExtLogRecord extended
                ? extended.getMdc("request_id") + " " + extended.getFormattedMessage()
                : line.getMessage();
        lines.add(message + " " + line.getThrown());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        Logger.getLogger("").removeHandler(this);
    }
}
