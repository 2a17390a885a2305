package io.emporium.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.emporium.shared.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.ContextNotActiveException;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who did what to what: an entry for every change that somebody of the shop makes, committed with the change itself. The database
 * lets none be changed or taken out, and chains each to the one before it by a hash (V28): what is done past both is found.
 */
@ApplicationScoped
public class AuditLog {
    private static final Pattern ADDRESS = Pattern.compile("[^\\s\"\\\\<>@,;:()]{1,64}@[^\\s\"\\\\<>@,;:()]{1,255}");
    private static final int MOST_FAULTS = 100;

    /**
     * As audit_hash has it (V28), but not by calling it: whoever owns the tables owns that function too, and could have it answer
     * what is in the chain.
     */
    private static final String HASH = """
            pg_catalog.sha256(coalesce(hash_before, CAST('' AS bytea)) || pg_catalog.convert_to(CAST(pg_catalog.jsonb_build_array(
                a.audit_id, extract(epoch FROM a.at), a.actor_id, a.api_key_id, a.action, a.entity_type, a.entity_id, a.before,
                a.after, a.request_id) AS text), 'UTF8'))""";

    private final EntityManager database;
    private final ObjectMapper json;
    private final Caller caller;
    private final Clock clock;

    AuditLog(EntityManager database, ObjectMapper json, Caller caller, Clock clock) {
        this.database = database;
        // What was 10.00 is on record as 10.00.
        this.json = json.copy().configure(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES, false);
        this.caller = caller;
        this.clock = clock;
    }

    /**
     * Records a change under the caller's and the request's ids; outside a request, under none.
     *
     * @param action what was done, at most 60 characters: {@code product.updated}
     * @param entityType to what kind of thing, at most 40 characters: {@code product}
     * @param entityId to which one
     * @param before what it was, as JSON; null where it is new. Never secrets or names: the log is kept for ever
     * @param after what it is, as JSON; null where it is gone
     * @throws jakarta.transaction.TransactionalException outside a transaction: a record of a change that was not made is a lie
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void record(
            String action, String entityType, Object entityId, @Nullable Object before, @Nullable Object after) {
        record(origin(), action, entityType, entityId, before, after);
    }

    /**
     * By whom a change is made.
     *
     * @param actorId null for the shop itself
     * @param apiKeyId null for a person
     * @param requestId null outside a request
     */
    public record Origin(
            @Nullable Long actorId,
            @Nullable Long apiKeyId,
            @Nullable String requestId) {}

    /** Of what is done in this thread now: for what goes on in another. */
    public Origin origin() {
        return new Origin(ofRequest(Caller::userIdOrNull), ofRequest(Caller::apiKeyId), RequestIds.current());
    }

    /** As the other, for what another thread began. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void record(
            Origin by,
            String action,
            String entityType,
            Object entityId,
            @Nullable Object before,
            @Nullable Object after) {
        database.createNativeQuery("""
                        INSERT INTO audit_log (at, actor_id, api_key_id, action, entity_type, entity_id, before, after, request_id)
                        VALUES (:at, CAST(:actor AS bigint), CAST(:key AS bigint), :action, :entityType, :entityId,
                                CAST(CAST(:before AS text) AS jsonb), CAST(CAST(:after AS text) AS jsonb), CAST(:request AS varchar))
                        """)
                .setParameter("at", clock.instant())
                .setParameter("actor", by.actorId())
                .setParameter("key", by.apiKeyId())
                .setParameter("action", action)
                .setParameter("entityType", entityType)
                .setParameter("entityId", String.valueOf(entityId))
                .setParameter("before", write(before))
                .setParameter("after", write(after))
                .setParameter("request", by.requestId())
                .executeUpdate();
    }

    /** Null: of any thing, of anybody, up to the newest. */
    @Transactional
    AuditEntryView.Listed entries(
            @Nullable String entityType,
            @Nullable String entityId,
            @Nullable Long actorId,
            @Nullable Long before,
            int limit) {
        // Only what is asked for stands in the query: PostgreSQL plans it for that.
        Map<String, Object> asked = new LinkedHashMap<>();
        put(asked, "entity_type = :type", entityType);
        put(asked, "entity_id = :id", entityId);
        put(asked, "actor_id = :actor", actorId);
        put(asked, "audit_id < :before", before);
        String where = asked.isEmpty() ? "" : " WHERE " + String.join(" AND ", asked.keySet());
        var query = database.createNativeQuery(
                        "SELECT audit_id, at, actor_id, api_key_id, action, entity_type, entity_id, CAST(before AS"
                                + " text), CAST(after AS text), request_id FROM audit_log" + where
                                + " ORDER BY audit_id DESC LIMIT :limit",
                        Object[].class)
                .setParameter("limit", limit + 1);
        asked.forEach((condition, value) -> query.setParameter(condition.substring(condition.indexOf(':') + 1), value));
        List<Object[]> found = query.getResultList();
        List<AuditEntryView> entries =
                found.stream().limit(limit).map(this::view).toList();
        return new AuditEntryView.Listed(
                entries, found.size() > limit ? entries.getLast().auditId() : null);
    }

    private static void put(Map<String, Object> asked, String condition, @Nullable Object value) {
        if (value != null) {
            asked.put(condition, value);
        }
    }

    private AuditEntryView view(Object[] row) {
        return new AuditEntryView(
                ((Number) row[0]).longValue(),
                (Instant) row[1],
                (Long) row[2],
                (Long) row[3],
                (String) row[4],
                (String) row[5],
                (String) row[6],
                read((String) row[7]),
                read((String) row[8]),
                (String) row[9]);
    }

    /** @param knownHead hexadecimal; null: none is known */
    @Transactional
    AuditEntryView.Verification verify(@Nullable String knownHead) {
        // It reads everything there is: one at a time, and no longer than somebody waits.
        if (!(Boolean) database.createNativeQuery(
                        "SELECT pg_try_advisory_xact_lock(hashtextextended('emporium.audit_verification', 0))",
                        Boolean.class)
                .getSingleResult()) {
            throw Refusal.notNow("The log is being verified for somebody else", Duration.ofSeconds(5));
        }
        database.createNativeQuery("SELECT set_config('statement_timeout', '25s', true)", String.class)
                .getSingleResult();
        // One statement: whatever is added meanwhile is in both of its halves or in none.
        List<Object[]> wrong = database.createNativeQuery("""
                        WITH chained AS (
                            SELECT position, audit_id, hash, lag(hash) OVER steps AS hash_before, lag(position) OVER steps AS position_before
                              FROM audit_chain WINDOW steps AS (ORDER BY position)),
                        judged AS (
                            SELECT position, audit_id,
                                   CASE WHEN a.audit_id IS NULL THEN 'missing'
                                        WHEN position <> coalesce(position_before, 0) + 1 THEN 'gap'
                                        WHEN hash <> %s THEN 'changed'
                                   END AS what
                              FROM chained LEFT JOIN audit_log a USING (audit_id))
                        SELECT audit_id, what FROM judged WHERE what IS NOT NULL
                        UNION ALL
                        SELECT audit_id, 'unchained' FROM audit_log a
                         WHERE NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.audit_id = a.audit_id)
                         ORDER BY 1 LIMIT :most
                        """.formatted(HASH), Object[].class)
                .setParameter("most", MOST_FAULTS)
                .getResultList();
        List<AuditEntryView.Fault> faults = new ArrayList<>();
        wrong.forEach(row -> faults.add(new AuditEntryView.Fault((Long) row[0], (String) row[1])));
        Object[] whole = (Object[]) database.createNativeQuery("""
                        SELECT count(*), coalesce((SELECT encode(hash, 'hex') FROM audit_chain ORDER BY position DESC LIMIT 1), ''),
                               count(*) FILTER (WHERE hash = decode(CAST(:known AS varchar), 'hex'))
                          FROM audit_chain
                        """, Object[].class)
                .setParameter("known", knownHead)
                .getSingleResult();
        if (knownHead != null && ((Number) whole[2]).longValue() == 0) {
            faults.add(new AuditEntryView.Fault(null, "other_chain"));
        }
        return new AuditEntryView.Verification(
                faults.isEmpty(), ((Number) whole[0]).longValue(), (String) whole[1], List.copyOf(faults));
    }

    private @Nullable Long ofRequest(Function<Caller, @Nullable Long> what) {
        try {
            return what.apply(caller);
        } catch (ContextNotActiveException noRequest) {
            return null;
        }
    }

    private @Nullable Object read(@Nullable String state) {
        try {
            return state == null ? null : json.readValue(state, Object.class);
        } catch (JsonProcessingException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    private @Nullable String write(@Nullable Object state) {
        try {
            // People write addresses into reasons and names; what is kept for ever has none.
            return state == null ? null : json.writeValueAsString(withoutAddresses(json.valueToTree(state)));
        } catch (JsonProcessingException unwritable) {
            throw new IllegalArgumentException(unwritable);
        }
    }

    private JsonNode withoutAddresses(JsonNode state) {
        return switch (state) {
            case TextNode text -> TextNode.valueOf(withoutAddresses(text.textValue()));
            case ArrayNode list -> {
                ArrayNode masked = json.createArrayNode();
                list.forEach(item -> masked.add(withoutAddresses(item)));
                yield masked;
            }
            case ObjectNode object -> {
                ObjectNode masked = json.createObjectNode();
                object.properties()
                        .forEach(field ->
                                masked.set(withoutAddresses(field.getKey()), withoutAddresses(field.getValue())));
                yield masked;
            }
            default -> state;
        };
    }

    private static String withoutAddresses(String text) {
        return ADDRESS.matcher(text).replaceAll("…@…");
    }
}
