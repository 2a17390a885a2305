package io.emporium.identity;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What keeps somebody signed in.
 *
 * @param token the access token, a JWT, for {@code Authorization: Bearer}
 * @param refreshToken good for one refresh
 * @param expiresIn seconds that the access token holds
 */
record TokenView(
        @Schema(examples = "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9…")
        String token,

        @Schema(examples = "Zk1q0c3TVxk2d4bM8mB0fH6q3yq0mXoJ1l9o2v7uYtE")
        String refreshToken,

        @Schema(examples = "900") long expiresIn) {}
