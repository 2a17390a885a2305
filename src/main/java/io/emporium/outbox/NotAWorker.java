package io.emporium.outbox;

import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.FailedExecution;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.ScheduledExecution;
import io.quarkus.scheduler.SuccessfulExecution;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Passes over background work in a process that only answers requests ({@code EMPORIUM_WORKER=false}), and in one that is
 * closing: it begins nothing new and waits for what it is about, so that nobody has to take over what was cut off.
 */
@Singleton
public class NotAWorker implements Scheduled.SkipPredicate {
    /** A process that ends waits so long for its background work. */
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    private final boolean worker;
    private final Inbox inbox;
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    NotAWorker(@ConfigProperty(name = "emporium.worker") boolean worker, Inbox inbox) {
        this.worker = worker;
        this.inbox = inbox;
    }

    @Override
    public boolean test(ScheduledExecution execution) {
        if (!worker) {
            return true;
        }
        running.add(execution.getTrigger().getId());
        // Asked only now, so that closing either sees this one or is seen by it.
        if (closing) {
            running.remove(execution.getTrigger().getId());
        }
        return closing;
    }

    /** Whether it is. Work that goes on as long as there is some asks before it begins the next piece. */
    public boolean isClosing() {
        return closing;
    }

    void done(@Observes SuccessfulExecution execution) {
        running.remove(execution.getExecution().getTrigger().getId());
    }

    void failed(@Observes FailedExecution execution) {
        running.remove(execution.getExecution().getTrigger().getId());
    }

    void close(@Observes ShutdownEvent shutdown) throws InterruptedException {
        closing = true;
        inbox.close();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while ((!running.isEmpty() || inbox.isBusy()) && System.nanoTime() < deadline) {
            Thread.sleep(20);
        }
        if (!running.isEmpty() || inbox.isBusy()) {
            Log.warnf("Closing in the middle of background work, which goes on at the next start: %s", running);
        }
    }
}
