package io.emporium.outbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.UUID;

/** An event as a consumer gets it. */
public final class ReceivedEvent {
    private final UUID id;
    private final String type;
    private final Instant at;
    private final JsonNode data;
    private final CloudEvents cloudEvents;

    ReceivedEvent(UUID id, String type, Instant at, JsonNode data, CloudEvents cloudEvents) {
        this.id = id;
        this.type = type;
        this.at = at;
        this.data = data;
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

    /**
     * The event as its module's record; or, for who may not know that module, as a record of their own with what they
     * need of it.
     *
     * @throws IllegalArgumentException if it does not fit
     */
    public <T> T as(Class<T> event) {
        return cloudEvents.convert(data, event);
    }
}
