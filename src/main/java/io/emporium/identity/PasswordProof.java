package io.emporium.identity;

import io.emporium.web.PlainText;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Who does what cannot be undone, or changes how they sign in, shows that it is they: a token that was left lying about does not. */
record PasswordProof(
        @Schema(examples = "SecurePass123!") @NotNull @Size(max = 1000) @PlainText
        String password) {

    /** Without the password: a request may end up in a log. */
    @Override
    public String toString() {
        return "PasswordProof[]";
    }
}
