package io.emporium.identity;

import io.emporium.web.PlainText;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Another password for one's own account.
 *
 * @param newPassword at least 12 characters, at most 72 bytes in UTF-8, not a common one, not the current one
 */
record PasswordChange(
        @Schema(examples = "SecurePass123!") @NotNull @Size(max = 1000) @PlainText
        String currentPassword,

        @Schema(examples = "AnotherPass123!") @NotNull @Size(max = 1000) @PlainText
        String newPassword) {

    /** Without either: a request may end up in a log. */
    @Override
    public String toString() {
        return "PasswordChange[]";
    }
}
