package io.emporium.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the audit log.
 *
 * @param actorId who did it; null: the shop itself
 * @param apiKeyId with which API key; null: signed in
 * @param before what it was; null where it was nothing, or only that it was done is on record
 * @param after what it is since
 * @param requestId the {@code X-Request-Id} of the request that did it
 */
record AuditEntryView(
        long auditId,
        Instant at,
        @JsonInclude @Nullable Long actorId,
        @JsonInclude @Nullable Long apiKeyId,
        @Schema(examples = "user.role_changed") String action,
        @Schema(examples = "user") String entityType,
        @Schema(examples = "42") String entityId,

        @Schema(type = SchemaType.OBJECT, examples = "{\"role\":\"customer\"}") @JsonInclude @Nullable
        Object before,

        @Schema(type = SchemaType.OBJECT, examples = "{\"role\":\"support\"}") @JsonInclude @Nullable
        Object after,

        @JsonInclude @Nullable String requestId) {

    /**
     * Entries, the newest first.
     *
     * @param nextBefore where the next ones begin; null: there are none
     */
    record Listed(
            List<AuditEntryView> entries,
            @JsonInclude @Nullable Long nextBefore) {}

    /**
     * What came of looking through the whole log.
     *
     * @param intact nothing was changed, taken out or slipped in past the shop
     * @param entries how many there are
     * @param head the last entry's hash, to be kept elsewhere: who has written the whole chain anew cannot keep it
     * @param faults the first 100 of what is wrong
     */
    record Verification(
            boolean intact,
            long entries,

            @Schema(examples = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
            String head,

            List<Fault> faults) {}

    /**
     * Something that is wrong with the log.
     *
     * @param auditId at which entry; null where it is with the whole
     * @param what changed (or its hash was); missing; gap: entries before it are missing with their hashes; unchained: it was slipped in;
     *     other_chain: the head that was known is not in it
     */
    record Fault(
            @JsonInclude @Nullable Long auditId,
            @Schema(examples = "changed") String what) {}
}
