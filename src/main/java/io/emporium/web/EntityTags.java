package io.emporium.web;

import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Headers that name representations by their {@code ETag}s: {@code If-Match}, {@code If-None-Match}. */
public final class EntityTags {
    private static final int MOST = 100;

    private EntityTags() {}

    /** Whether the header names the representation with that tag; without a header, no. */
    public static boolean isIn(@Nullable String header, String tag) {
        return header != null && (header.strip().equals("*") || of(header).anyMatch(tag::equals));
    }

    /** The tags it names, a hundred at most. A proxy that compresses makes a strong tag weak; what it names is the same one. */
    public static Stream<String> of(String header) {
        return Arrays.stream(header.split(",", MOST))
                .map(String::strip)
                .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag);
    }
}
