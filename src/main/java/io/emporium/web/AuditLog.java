package io.emporium.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.ContextNotActiveException;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Who did what to what: a row for every change an admin makes, committed with the change itself. */
@ApplicationScoped
public class AuditLog {
    private final EntityManager database;
    private final ObjectMapper json;
    private final Caller caller;
    private final Clock clock;

    AuditLog(EntityManager database, ObjectMapper json, Caller caller, Clock clock) {
        this.database = database;
        this.json = json;
        this.caller = caller;
        this.clock = clock;
    }

    /**
     * Records a change under the caller's and the request's ids; outside a request, under none.
     *
     * @param action what was done, at most 60 characters: {@code product.updated}
     * @param entityType to what kind of thing, at most 40 characters: {@code product}
     * @param entityId to which one
     * @param before what it was, as JSON; null where it is new. Never secrets: the log is kept for ever
     * @param after what it is, as JSON; null where it is gone
     * @throws jakarta.transaction.TransactionalException outside a transaction: a record of a change that was not made is a lie
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void record(
            String action, String entityType, Object entityId, @Nullable Object before, @Nullable Object after) {
        database.createNativeQuery("""
                        INSERT INTO audit_log (at, actor_id, action, entity_type, entity_id, before, after, request_id)
                        VALUES (:at, CAST(:actor AS bigint), :action, :entityType, :entityId,
                                CAST(CAST(:before AS text) AS jsonb), CAST(CAST(:after AS text) AS jsonb), CAST(:request AS varchar))
                        """)
                .setParameter("at", clock.instant())
                .setParameter("actor", actor())
                .setParameter("action", action)
                .setParameter("entityType", entityType)
                .setParameter("entityId", String.valueOf(entityId))
                .setParameter("before", write(before))
                .setParameter("after", write(after))
                .setParameter("request", RequestIds.current())
                .executeUpdate();
    }

    private @Nullable Long actor() {
        try {
            return caller.userIdOrNull();
        } catch (ContextNotActiveException noRequest) {
            return null;
        }
    }

    private @Nullable String write(@Nullable Object state) {
        try {
            return state == null ? null : json.writeValueAsString(state);
        } catch (JsonProcessingException unwritable) {
            throw new IllegalArgumentException(unwritable);
        }
    }
}
