package io.emporium.identity;

import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseHeader;

/** The public keys of our tokens (RFC 7517), for a gateway that checks them before us. Not in the envelope: a standard's. */
@Path("/.well-known/jwks.json")
@Tag(name = "Authentication")
class JwksResource {
    private final TokenKeys keys;

    JwksResource(TokenKeys keys) {
        this.keys = keys;
    }

    /** A JSON Web Key Set. */
    record KeySet(
            @Schema(examples = "[{\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS256\",\"kid\":\"k1\"}]")
            List<Map<String, String>> keys) {}

    @GET
    @NonBlocking
    @ResponseHeader(name = "Cache-Control", value = "public, max-age=300")
    @Operation(
            operationId = "getKeys",
            summary = "Public keys of the access tokens",
            description =
                    "The key that signs, and those whose tokens hold beside it while one is changed for another. A gateway may check signature, issuer, audience and expiry with them; whether the session is"
                            + " still live only the shop knows.")
    public KeySet keys() {
        return new KeySet(keys.jwks());
    }
}
