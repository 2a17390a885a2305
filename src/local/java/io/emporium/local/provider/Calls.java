package io.emporium.local.provider;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** The last 5,000 calls under /v1, oldest first, in memory only: so that a test can say how often the merchant asked. */
public final class Calls {
    private static final int MOST = 5_000;

    private final Deque<Map<String, Object>> calls = new ArrayDeque<>();

    public synchronized void add(Map<String, Object> call) {
        if (calls.size() == MOST) {
            calls.removeFirst();
        }
        calls.addLast(call);
    }

    public synchronized List<Map<String, Object>> view() {
        return List.copyOf(calls);
    }

    public synchronized void clear() {
        calls.clear();
    }
}
