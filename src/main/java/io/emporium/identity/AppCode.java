package io.emporium.identity;

import io.emporium.web.PlainText;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What shows that an authenticator app has the secret it was given.
 *
 * @param code six digits of the app; there is no recovery code yet
 */
record AppCode(
        @Schema(examples = "492039") @NotBlank @Size(max = 40) @PlainText
        String code) {

    /** Without the code: a request may end up in a log. */
    @Override
    public String toString() {
        return "AppCode[]";
    }
}
