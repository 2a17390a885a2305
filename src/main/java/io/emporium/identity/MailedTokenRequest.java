package io.emporium.identity;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The token of a mail that verifies an address. */
record MailedTokenRequest(
        @Schema(examples = "Zk1q0c3TVxk2d4bM8mB0fH6q3yq0mXoJ1l9o2v7uYtE") @NotBlank @Size(max = 200)
        String token) {

    /** Without the token: a request may end up in a log. */
    @Override
    public String toString() {
        return "MailedTokenRequest[]";
    }
}
