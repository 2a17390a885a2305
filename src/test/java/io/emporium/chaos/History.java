package io.emporium.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * What a product has been, and when: so it can be said of each answer whether it may be. Whoever was asked after a change was
 * answered must show that change; who was asked before may show either.
 */
final class History {
    /** When a change has not been answered yet. */
    private static final long NEVER = Long.MAX_VALUE;

    private static final long ORIGIN = System.nanoTime();

    private final long productId;
    private final String name;
    private final List<State> states = new CopyOnWriteArrayList<>();

    History(long productId, String name, long cents) {
        this.productId = productId;
        this.name = name;
        begins(cents, true).isAnswered();
    }

    /** A price, on sale or not, since when it may be seen and since when it must be. */
    static final class State {
        private final long cents;
        private final boolean active;
        private final long begun = now();
        private volatile long answered = NEVER;

        private State(long cents, boolean active) {
            this.cents = cents;
            this.active = active;
        }

        long cents() {
            return cents;
        }

        boolean isActive() {
            return active;
        }

        /** From now on nothing that was before may be shown to who asks. */
        void isAnswered() {
            answered = now();
        }

        @Override
        public String toString() {
            return "%s%s (asked for at %d ms, answered at %s)"
                    .formatted(
                            price(cents),
                            active ? "" : " withdrawn",
                            begun / 1_000_000,
                            answered == NEVER ? "no time yet" : answered / 1_000_000 + " ms");
        }
    }

    /** Of this run, in nanoseconds. */
    static long now() {
        return System.nanoTime() - ORIGIN;
    }

    static String price(long cents) {
        return "%d.%02d".formatted(cents / 100, cents % 100);
    }

    long productId() {
        return productId;
    }

    String name() {
        return name;
    }

    State current() {
        return states.getLast();
    }

    /** A change is about to be asked for. One at a time; it is asked for again until it is answered. */
    State begins(long cents, boolean active) {
        var state = new State(cents, active);
        states.add(state);
        return state;
    }

    /** Whether it ever had that price. */
    boolean has(long cents) {
        return states.stream().anyMatch(state -> state.cents == cents);
    }

    /** What may be shown by an answer that was asked for and came at these times; newest first, never empty. */
    List<State> allowed(long asked, long came) {
        List<State> allowed = new ArrayList<>();
        for (State state : states.reversed()) {
            if (state.begun <= came) {
                allowed.add(state);
            }
            if (state.answered <= asked) {
                break;
            }
        }
        return allowed;
    }

    boolean may(long asked, long came, Predicate<State> be) {
        return allowed(asked, came).stream().anyMatch(be);
    }

    boolean must(long asked, long came, Predicate<State> be) {
        return allowed(asked, came).stream().allMatch(be);
    }
}
