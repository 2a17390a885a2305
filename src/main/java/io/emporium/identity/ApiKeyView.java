package io.emporium.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.emporium.shared.Page;
import io.emporium.web.Pagination;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A key as it is shown: all but the key.
 *
 * @param prefix how it begins
 * @param userId in whose name it calls
 * @param rate requests a minute
 * @param lastUsedAt to within five minutes; null: never
 * @param revokedAt since when it opens nothing any more; null: it was not revoked
 */
record ApiKeyView(
        long apiKeyId,

        @Schema(examples = "Warehouse scanner") String name,

        @Schema(examples = "emp_k3J9x-2Q") String prefix,

        @Schema(examples = "[\"inventory:read\"]") List<String> scopes,
        int rate,
        long userId,
        Instant createdAt,
        Instant expiresAt,
        @JsonInclude @Nullable Instant lastUsedAt,
        @JsonInclude @Nullable Instant revokedAt) {

    /** One page of keys, the newest first. */
    record Listed(List<ApiKeyView> apiKeys, Pagination pagination) {
        static Listed of(Page<ApiKeyView> page) {
            return new Listed(page.items(), Pagination.of(page));
        }
    }

    /**
     * A new key.
     *
     * @param key the whole of it, told this once
     */
    record Created(@Schema(examples = "emp_k3J9x-2Q_…") String key, ApiKeyView apiKey) {}
}
