package io.emporium.notification;

import io.emporium.web.Pagination;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How the events are doing.
 *
 * @param unsent events that the broker has not confirmed yet
 * @param oldestUnsentAt when the first of them happened; null if there is none
 * @param oldestAgeSeconds how long ago that was; 0 if there is none
 * @param parked messages that failed five times, newest first
 */
record OutboxView(
        long unsent,
        @Nullable Instant oldestUnsentAt,
        long oldestAgeSeconds,
        List<ParkedView> parked,
        Pagination pagination) {

    /**
     * A message that waits for a person.
     *
     * @param id by which it can be replayed
     * @param consumer whose it is: a consumer of events, or the channel of a delivery
     */
    record ParkedView(
            @Schema(examples = "42") long id,
            @Schema(examples = "notification") String consumer,
            @Schema(examples = "order.confirmed") String type,
            int attempts,
            @Nullable String lastError,
            Instant receivedAt) {}
}
