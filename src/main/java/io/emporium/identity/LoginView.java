package io.emporium.identity;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A sign-in that succeeded (low-level-design 4.1.2).
 *
 * @param token the access token, a JWT, for {@code Authorization: Bearer}
 * @param refreshToken good for one refresh
 * @param expiresIn seconds that the access token holds
 */
record LoginView(
        @Schema(examples = "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9…")
        String token,

        @Schema(examples = "Zk1q0c3TVxk2d4bM8mB0fH6q3yq0mXoJ1l9o2v7uYtE")
        String refreshToken,

        @Schema(examples = "900") long expiresIn,
        SignedInUser user) {

    static LoginView of(TokenView tokens, User user) {
        return new LoginView(tokens.token(), tokens.refreshToken(), tokens.expiresIn(), SignedInUser.of(user));
    }

    /** Who it was that signed in. */
    record SignedInUser(long userId, String email, String firstName, String lastName, String role) {
        static SignedInUser of(User user) {
            return new SignedInUser(
                    user.userId(),
                    user.email(),
                    user.firstName(),
                    user.lastName(),
                    user.role().code());
        }
    }
}
