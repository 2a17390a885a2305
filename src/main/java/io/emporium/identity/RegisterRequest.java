package io.emporium.identity;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.emporium.web.OneLine;
import io.emporium.web.PlainText;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Who wants an account (low-level-design 4.1.1).
 *
 * @param email unique without regard to case
 * @param password at least 12 characters, at most 72 bytes in UTF-8, not a common one
 * @param phone {@code +}, country code and number, 7 to 15 digits; may be missing
 */
record RegisterRequest(
        @Schema(examples = "user@example.com") @JsonDeserialize(using = Stripped.class) @NotNull @EmailAddress
        String email,

        @Schema(examples = "SecurePass123!") @NotNull @Size(max = 1000) @PlainText
        String password,

        @Schema(examples = "John") @JsonDeserialize(using = Stripped.class) @NotBlank @Size(max = 100) @OneLine
        String firstName,

        @Schema(examples = "Doe") @JsonDeserialize(using = Stripped.class) @NotBlank @Size(max = 100) @OneLine
        String lastName,

        @Schema(examples = "+1234567890") @JsonDeserialize(using = Stripped.class) @Pattern(regexp = PHONE) @Nullable
        String phone) {

    static final String PHONE = "\\+[1-9][0-9]{6,14}";

    /** Without the password: a request may end up in a log. */
    @Override
    public String toString() {
        return "RegisterRequest[email=" + email + "]";
    }
}
