package io.emporium.identity;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import jakarta.validation.constraints.NotNull;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Whose password is forgotten. */
record ForgotRequest(
        @Schema(examples = "user@example.com") @JsonDeserialize(using = Stripped.class) @NotNull @EmailAddress
        String email) {}
