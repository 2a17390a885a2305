package io.emporium.identity;

import io.emporium.web.PlainText;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Who has a second factor shows both that they know and that they have.
 *
 * @param code six digits of the app, or a recovery code
 */
record SecondFactorProof(
        @Schema(examples = "SecurePass123!") @NotNull @Size(max = 1000) @PlainText
        String password,

        @Schema(examples = "492039") @NotBlank @Size(max = 40) @PlainText
        String code) {

    /** Without either: a request may end up in a log. */
    @Override
    public String toString() {
        return "SecondFactorProof[]";
    }
}
