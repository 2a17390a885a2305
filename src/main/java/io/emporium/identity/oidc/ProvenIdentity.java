package io.emporium.identity.oidc;

import org.jspecify.annotations.Nullable;

/**
 * Who somebody is at the provider, which has just said so. Issuer and subject together are never given to another; an address may
 * be.
 *
 * @param subject at most 255 characters
 * @param email where the provider writes to them; null if it told none
 * @param isEmailVerified whether they have shown it that the address is theirs
 */
public record ProvenIdentity(
        String issuer,
        String subject,
        @Nullable String email,
        boolean isEmailVerified,
        @Nullable String firstName,
        @Nullable String lastName) {

    /** Without anybody's name: it may end up in a log. */
    @Override
    public String toString() {
        return "ProvenIdentity[issuer=" + issuer + "]";
    }
}
