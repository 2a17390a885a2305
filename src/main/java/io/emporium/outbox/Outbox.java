package io.emporium.outbox;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.function.Function;

/**
 * Where a module leaves an event together with the change it tells of. Modules that must act in the same transaction
 * observe the event's class with CDI ({@code @Observes OrderCancelled}); everybody else gets it from RabbitMQ.
 */
@ApplicationScoped
public class Outbox {
    private final EntityManager database;
    private final CloudEvents cloudEvents;
    private final Event<DomainEvent> observers;

    Outbox(EntityManager database, CloudEvents cloudEvents, Event<DomainEvent> observers) {
        this.database = database;
        this.cloudEvents = cloudEvents;
        this.observers = observers;
    }

    /**
     * Records the event; it leaves if and when the running transaction commits.
     *
     * @throws jakarta.transaction.TransactionalException outside a transaction: an event without its change would be a lie
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void append(DomainEvent event) {
        database.createNativeQuery("""
                        INSERT INTO outbox (event_id, type, entity_type, entity_id, payload, occurred_at)
                        VALUES (:id, :type, :entityType, :entityId, CAST(:payload AS jsonb), :at)
                        """)
                .setParameter("id", event.id())
                .setParameter("type", event.type())
                .setParameter("entityType", event.entityType())
                .setParameter("entityId", event.entityId())
                .setParameter("payload", cloudEvents.write(event))
                .setParameter("at", event.at())
                .executeUpdate();
        observers.fire(event);
    }

    /** As {@link #append}, many in one statement, in their order. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void appendAll(List<? extends DomainEvent> events) {
        if (events.isEmpty()) {
            return;
        }
        database.createNativeQuery("""
                        INSERT INTO outbox (event_id, type, entity_type, entity_id, payload, occurred_at)
                        SELECT CAST(id AS uuid), type, entity_type, entity_id, CAST(payload AS jsonb), CAST(at AS timestamptz)
                          FROM unnest(CAST(:ids AS text[]), CAST(:types AS text[]), CAST(:entityTypes AS text[]),
                                      CAST(:entityIds AS bigint[]), CAST(:payloads AS text[]), CAST(:times AS text[]))
                               AS e (id, type, entity_type, entity_id, payload, at)
                        """)
                .setParameter("ids", each(events, e -> e.id().toString()))
                .setParameter("types", each(events, DomainEvent::type))
                .setParameter("entityTypes", each(events, DomainEvent::entityType))
                .setParameter(
                        "entityIds", events.stream().map(DomainEvent::entityId).toArray(Long[]::new))
                .setParameter("payloads", each(events, cloudEvents::write))
                .setParameter("times", each(events, e -> e.at().toString()))
                .executeUpdate();
        events.forEach(observers::fire);
    }

    private static String[] each(List<? extends DomainEvent> events, Function<DomainEvent, String> part) {
        return events.stream().map(part).toArray(String[]::new);
    }
}
