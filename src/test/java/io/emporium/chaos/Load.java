package io.emporium.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;

/** The customers, all at once, who can be asked to wait a moment before their next order. */
final class Load implements AutoCloseable {
    private static final int THINKS_MILLIS = 1_500;

    private final List<Thread> threads = new ArrayList<>();
    private final Findings findings;
    private boolean paused;
    private volatile boolean closed;
    private int shopping;

    Load(Findings findings) {
        this.findings = findings;
    }

    void open(int customers, IntFunction<Customer> customer) {
        for (int i = 0; i < customers; i++) {
            Customer one = customer.apply(i);
            var thinks = new Random(i);
            threads.add(Thread.ofPlatform().daemon().name("customer-" + i).start(() -> shop(one, thinks)));
        }
    }

    private void shop(Customer customer, Random thinks) {
        while (enter()) {
            try {
                customer.shop();
            } catch (Client.Unanswered | Visit.Astonished noted) {
                // Told where it happened.
            } catch (RuntimeException fault) {
                if (!closed) {
                    findings.note("a customer gave up: " + fault);
                }
            } finally {
                leave();
            }
            Shop.pause(thinks.nextInt(2 * THINKS_MILLIS));
        }
    }

    private synchronized boolean enter() {
        while (paused && !closed) {
            try {
                wait();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        shopping++;
        return !closed;
    }

    private synchronized void leave() {
        shopping--;
        notifyAll();
    }

    /** Waits until everybody has finished what they are at; nobody begins anything until {@link #goOn}. */
    synchronized void pause() throws InterruptedException {
        paused = true;
        while (shopping > 0) {
            wait();
        }
    }

    synchronized void goOn() {
        paused = false;
        notifyAll();
    }

    @Override
    public void close() {
        closed = true;
        goOn();
    }
}
