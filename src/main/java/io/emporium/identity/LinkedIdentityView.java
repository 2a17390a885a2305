package io.emporium.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What opens somebody's account at another provider.
 *
 * @param issuer the provider, as it names itself
 * @param isConfirmed whether they have shown their password for it; the shop's own people must
 */
record LinkedIdentityView(
        long identityId,
        @Schema(examples = "https://accounts.example") String issuer,
        Instant linkedAt,
        boolean isConfirmed,
        @JsonInclude @Nullable Instant lastUsedAt) {

    /** All that somebody has. */
    record Listed(List<LinkedIdentityView> identities) {}
}
