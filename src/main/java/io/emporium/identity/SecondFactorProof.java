package io.emporium.identity;

import io.emporium.web.PlainText;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Who wants to change how they sign in shows both that they know and that they have.
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

    /** Who wants a second factor and has none shows that they know the password. */
    record OfPassword(
            @Schema(examples = "SecurePass123!") @NotNull @Size(max = 1000) @PlainText
            String password) {

        @Override
        public String toString() {
            return "OfPassword[]";
        }
    }

    /** The app's code, which shows that it has the secret. */
    record OfCode(
            @Schema(examples = "492039") @NotBlank @Size(max = 40) @PlainText
            String code) {

        @Override
        public String toString() {
            return "OfCode[]";
        }
    }

    /**
     * The second step of a sign-in.
     *
     * @param challenge of the first step's answer
     */
    record OfSignIn(
            @Schema(examples = "Zk1q0c3TVxk2d4bM8mB0fH6q3yq0mXoJ1l9o2v7uYtE") @NotBlank @Size(max = 100) @PlainText
            String challenge,

            @Schema(examples = "492039") @NotBlank @Size(max = 40) @PlainText
            String code) {

        @Override
        public String toString() {
            return "OfSignIn[]";
        }
    }
}
