package io.emporium.outbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An event as a consumer gets it. */
public final class ReceivedEvent {
    private final UUID id;
    private final String type;
    private final Instant at;
    private final JsonNode data;
    private final @Nullable String traceparent;
    private final CloudEvents cloudEvents;

    ReceivedEvent(
            UUID id, String type, Instant at, JsonNode data, @Nullable String traceparent, CloudEvents cloudEvents) {
        this.id = id;
        this.type = type;
        this.at = at;
        this.data = data;
        this.traceparent = traceparent;
        this.cloudEvents = cloudEvents;
    }

    public UUID id() {
        return id;
    }

    /** {@code order.placed}; a consumer passes over types it does not know. */
    public String type() {
        return type;
    }

    public Instant at() {
        return at;
    }

    /** Where in a trace it happened. */
    @Nullable
    String traceparent() {
        return traceparent;
    }

    /**
     * The event as its module's record; or, for who may not know that module, as a record of their own with what they
     * need of it. A number or truth value that is missing is not 0 or false: what older events lack is declared nullable.
     *
     * @throws IllegalArgumentException if it does not fit
     */
    public <T> T as(Class<T> event) {
        return cloudEvents.convert(data, event);
    }
}
