package io.emporium.identity;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.emporium.web.OneLine;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What somebody changes of their account; what is missing stays.
 *
 * @param phone {@code +}, country code and number; empty takes it off
 */
record UserUpdate(
        @Schema(examples = "John") @JsonDeserialize(using = Stripped.class) @Size(min = 1, max = 100) @OneLine @Nullable
        String firstName,

        @Schema(examples = "Doe") @JsonDeserialize(using = Stripped.class) @Size(min = 1, max = 100) @OneLine @Nullable
        String lastName,

        @Schema(examples = "+1234567890")
        @JsonDeserialize(using = Stripped.class)
        @Pattern(regexp = "(" + RegisterRequest.PHONE + ")?")
        @Nullable
        String phone) {}
