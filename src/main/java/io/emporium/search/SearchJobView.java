package io.emporium.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.emporium.search.SearchJobs.Job;
import io.emporium.search.SearchJobs.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How far work on the search index is.
 *
 * @param status running, done or failed (after five attempts)
 * @param reason why it is done: asked for, or what was wrong with the index
 * @param percent 0 to 100, of the products on sale when it began
 * @param productsPerSecond in the present attempt, on average; 0 before it has begun
 * @param secondsLeft at that rate; only while it runs
 * @param missing of a check: products that the index had not
 * @param stale of a check: products that it had otherwise
 * @param surplus of a check: products that it had although they are not sold
 * @param trouble why it failed, or what it waits for
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record SearchJobView(
        @Schema(examples = "running") String status,
        @Schema(examples = "asked for") String reason,
        @Schema(examples = "42") int percent,
        @Schema(examples = "1035") long products,
        @Schema(examples = "2465") long totalProducts,
        @Schema(examples = "5200") long productsPerSecond,
        @Nullable Long secondsLeft,
        @Nullable Long missing,
        @Nullable Long stale,
        @Nullable Long surplus,
        @Nullable String trouble,
        Instant requestedAt,
        @Nullable Instant beganAt,
        @Nullable Instant finishedAt) {

    static SearchJobView of(Job job) {
        boolean check = job.kind() == SearchJobs.Kind.CHECK;
        long rate = rate(job);
        return new SearchJobView(
                job.status().name().toLowerCase(Locale.ROOT),
                job.reason(),
                percent(job),
                job.done(),
                job.total(),
                rate,
                job.status() == Status.RUNNING && rate > 0 ? Math.max(0, job.total() - job.done()) / rate : null,
                check ? job.findings().missing() : null,
                check ? job.findings().stale() : null,
                check ? job.findings().surplus() : null,
                job.trouble(),
                job.requested(),
                job.began(),
                job.finished());
    }

    private static int percent(Job job) {
        if (job.status() == Status.DONE) {
            return 100;
        }
        // Products put on sale meanwhile are done too: it is not more than all, and not all before it is over.
        return job.total() == 0 ? 0 : (int) Math.min(99, job.done() * 100 / job.total());
    }

    private static long rate(Job job) {
        if (job.began() == null) {
            return 0;
        }
        Instant until = Objects.requireNonNullElse(job.finished(), job.now());
        return job.done()
                * 1_000
                / Math.max(1, Duration.between(job.began(), until).toMillis());
    }
}
