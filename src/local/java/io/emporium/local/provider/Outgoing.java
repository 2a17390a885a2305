package io.emporium.local.provider;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The ledger as the {@link Webhooks} see it: it keeps the events that are to be delivered. */
public interface Outgoing {
    /** Says which event types the receiver wants, and who delivers them once they are durable. */
    void connect(Predicate<String> wanted, Consumer<List<Event>> happened);

    /** Every event, oldest first. */
    List<Event> outgoing();

    /** One of them; null where it is forgotten. */
    Event outgoing(String id);

    /** Records a try to deliver. */
    void tried(Event event);

    /** Where they go; null: nowhere. */
    String webhookUrl();

    /** The headers, User-Agent among them, of a payload signed in the given way. */
    Map<String, String> headers(String payload, String signature, long offsetSeconds);
}
