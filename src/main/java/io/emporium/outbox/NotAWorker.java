package io.emporium.outbox;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.ScheduledExecution;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Passes over background work in a process that only answers requests ({@code EMPORIUM_WORKER=false}). */
@Singleton
public class NotAWorker implements Scheduled.SkipPredicate {
    private final boolean worker;

    NotAWorker(@ConfigProperty(name = "emporium.worker") boolean worker) {
        this.worker = worker;
    }

    @Override
    public boolean test(ScheduledExecution execution) {
        return !worker;
    }
}
