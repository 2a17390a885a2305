package io.emporium;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.TreeSet;

/** What a statement did, by EXPLAIN (ANALYZE, FORMAT JSON). */
public final class Plan {
    private final Set<String> scanned = new TreeSet<>();
    private long sorted;
    private long read;
    private String text = "";

    public Plan(JsonNode explained) {
        add(explained.get(0).path("Plan"));
    }

    private void add(JsonNode node) {
        String type = node.path("Node Type").asText();
        long rows = Math.round(
                node.path("Actual Rows").asDouble() * node.path("Actual Loops").asDouble());
        long removed = node.path("Rows Removed by Filter").asLong();
        text += type + " " + node.path("Index Name").asText() + " " + rows + "+" + removed + "; ";
        if (type.equals("Seq Scan")) {
            scanned.add(node.path("Relation Name").asText());
        }
        if (type.equals("Sort") || type.equals("Incremental Sort")) {
            // Of a top-N sort the rows that came in are its input's.
            sorted = Math.max(
                    sorted,
                    Math.round(node.path("Plans").get(0).path("Actual Rows").asDouble()));
        }
        if (type.endsWith("Scan") && !type.equals("Bitmap Heap Scan")) {
            read = Math.max(read, rows + removed);
        }
        node.path("Plans").forEach(this::add);
    }

    /** The tables that were read from their beginning. */
    public Set<String> scanned() {
        return scanned;
    }

    /** The most rows that went into a sort. */
    public long sorted() {
        return sorted;
    }

    /** The most rows that were read from a table or an index. */
    public long read() {
        return read;
    }

    @Override
    public String toString() {
        return text;
    }
}
