package io.emporium.identity;

import io.emporium.web.PlainText;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The second step of a sign-in.
 *
 * @param challenge of the first step's answer
 * @param code six digits of the app, or a recovery code
 */
record SecondStep(
        @Schema(examples = "Zk1q0c3TVxk2d4bM8mB0fH6q3yq0mXoJ1l9o2v7uYtE") @NotBlank @Size(max = 100) @PlainText
        String challenge,

        @Schema(examples = "492039") @NotBlank @Size(max = 40) @PlainText
        String code) {

    /** Without either: a request may end up in a log. */
    @Override
    public String toString() {
        return "SecondStep[]";
    }
}
