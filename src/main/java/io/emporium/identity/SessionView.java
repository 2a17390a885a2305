package io.emporium.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A sign-in that holds.
 *
 * @param lastUsedAt when it was last refreshed
 * @param expiresAt until when it can be
 * @param userAgent what the client called itself; null where it did not say
 * @param current whether it is the one that asks
 */
record SessionView(
        UUID sessionId,
        Instant createdAt,
        Instant lastUsedAt,
        Instant expiresAt,

        @Schema(examples = "Mozilla/5.0 (X11; Linux x86_64)") @JsonInclude @Nullable
        String userAgent,

        boolean current) {

    /** Somebody's sessions, the last used first. */
    record Sessions(List<SessionView> sessions) {}
}
