package io.emporium.identity;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.emporium.web.PlainText;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Who wants to sign in (low-level-design 4.1.2). */
record LoginRequest(
        @Schema(examples = "user@example.com")
        @JsonDeserialize(using = Stripped.class)
        @NotBlank
        @Size(max = 254)
        @PlainText
        String email,

        @Schema(examples = "SecurePass123!") @NotNull @Size(max = 1000) @PlainText
        String password) {

    /** Without the password: a request may end up in a log. */
    @Override
    public String toString() {
        return "LoginRequest[email=" + email + "]";
    }
}
