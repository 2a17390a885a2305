package io.emporium.identity;

import io.emporium.web.PlainText;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The token of a mail that resets a password, and the new one.
 *
 * @param password at least 12 characters, at most 72 bytes in UTF-8, not a common one
 */
record ResetRequest(
        @Schema(examples = "Zk1q0c3TVxk2d4bM8mB0fH6q3yq0mXoJ1l9o2v7uYtE") @NotBlank @Size(max = 200)
        String token,

        @Schema(examples = "AnotherPass123!") @NotNull @Size(max = 1000) @PlainText
        String password) {

    /** Without either: a request may end up in a log. */
    @Override
    public String toString() {
        return "ResetRequest[]";
    }
}
