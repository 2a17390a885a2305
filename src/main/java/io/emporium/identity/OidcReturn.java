package io.emporium.identity;

import io.emporium.web.PlainText;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who comes back from the provider.
 *
 * @param flow what the way there began with
 * @param state of the address that the browser came back to
 * @param code of the same
 */
record OidcReturn(
        @Schema(examples = "Zk1q0c3TVxk2d4bM8mB0fH6q3yq0mXoJ1l9o2v7uYtE") @NotBlank @Size(max = 100) @PlainText
        String flow,

        @Schema(examples = "q0c3TVxk2d4bM8mB0fH6q3yq0mXoJ1l9o2v7uYtEZk1") @NotBlank @Size(max = 100) @PlainText
        String state,

        @Schema(examples = "SplxlOBeZQQYbYS6WxSbIA") @NotBlank @Size(max = 4000) @PlainText
        String code) {

    /** Without any of it: a request may end up in a log. */
    @Override
    public String toString() {
        return "OidcReturn[]";
    }

    /**
     * The same of somebody who is signed in and wants it to open their account.
     *
     * @param secondFactorCode six digits of their app, or a recovery code; where they have a second factor
     */
    record ToLink(
            @Schema(examples = "Zk1q0c3TVxk2d4bM8mB0fH6q3yq0mXoJ1l9o2v7uYtE") @NotBlank @Size(max = 100) @PlainText
            String flow,

            @Schema(examples = "q0c3TVxk2d4bM8mB0fH6q3yq0mXoJ1l9o2v7uYtEZk1") @NotBlank @Size(max = 100) @PlainText
            String state,

            @Schema(examples = "SplxlOBeZQQYbYS6WxSbIA") @NotBlank @Size(max = 4000) @PlainText
            String code,

            @Schema(examples = "SecurePass123!") @NotNull @Size(max = 1000) @PlainText
            String password,

            @Schema(examples = "492039") @Size(max = 40) @PlainText @Nullable
            String secondFactorCode) {

        OidcReturn withoutProof() {
            return new OidcReturn(flow, state, code);
        }

        @Override
        public String toString() {
            return "ToLink[]";
        }
    }
}
