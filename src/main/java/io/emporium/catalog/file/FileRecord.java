package io.emporium.catalog.file;

import java.util.List;

/** What stands in a file at some place: something readable, or not. */
public sealed interface FileRecord {
    /** The number of its first physical line, from 1. */
    long line();

    /** A record of a CSV file. */
    record Cells(long line, List<String> cells) implements FileRecord {}

    /** A line of an NDJSON file: not yet known to be JSON. */
    record Line(long line, String text) implements FileRecord {}

    /** What cannot be read, and why. */
    record Unreadable(long line, String why) implements FileRecord {}
}
