package io.emporium.identity;

import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * Which session to end.
 *
 * @param refreshToken of another session of the same user, which is ended too; may be missing
 */
record LogoutRequest(@Size(max = 200) @Nullable String refreshToken) {

    /** Without the token: a request may end up in a log. */
    @Override
    public String toString() {
        return "LogoutRequest[]";
    }
}
