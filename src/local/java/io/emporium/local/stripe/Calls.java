package io.emporium.local.stripe;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** The last 5,000 calls under /v1, oldest first, in memory only: so that a test can say how often the merchant asked. */
final class Calls {
    private static final int MOST = 5_000;

    private final Deque<Map<String, Object>> calls = new ArrayDeque<>();

    synchronized void add(Map<String, Object> call) {
        if (calls.size() == MOST) {
            calls.removeFirst();
        }
        calls.addLast(call);
    }

    synchronized List<Map<String, Object>> view() {
        return List.copyOf(calls);
    }

    synchronized void clear() {
        calls.clear();
    }
}
