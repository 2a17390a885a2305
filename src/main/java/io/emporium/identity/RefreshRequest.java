package io.emporium.identity;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The refresh token to spend. */
record RefreshRequest(
        @Schema(examples = "Zk1q0c3TVxk2d4bM8mB0fH6q3yq0mXoJ1l9o2v7uYtE") @NotBlank @Size(max = 200)
        String refreshToken) {

    /** Without the token: a request may end up in a log. */
    @Override
    public String toString() {
        return "RefreshRequest[]";
    }
}
