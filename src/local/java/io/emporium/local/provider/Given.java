package io.emporium.local.provider;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads what a switch was given; each method throws IllegalArgumentException for what it does not understand. */
public final class Given {
    private Given() {}

    public static void onlyKnown(Map<String, Object> given, Set<String> known) {
        // A mistyped switch that is ignored makes a test that tests nothing.
        for (String key : given.keySet()) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException("unknown: " + key + "; known: " + known);
            }
        }
    }

    public static String oneOf(Map<String, Object> given, String key, String otherwise, List<String> allowed) {
        String value = Json.text(given, key);
        if (value == null) {
            return otherwise;
        }
        if (!allowed.contains(value)) {
            throw new IllegalArgumentException(key + " must be one of " + allowed);
        }
        return value;
    }

    public static long within(Map<String, Object> given, String key, long otherwise, long most) {
        long value = Json.number(given, key, otherwise);
        if (value < 0 || value > most) {
            throw new IllegalArgumentException(key + " must be between 0 and " + most);
        }
        return value;
    }
}
