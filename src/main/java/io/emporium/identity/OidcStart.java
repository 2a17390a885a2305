package io.emporium.identity;

import io.emporium.web.PlainText;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Who wants to sign in at the provider.
 *
 * @param redirectUri where the provider is to send the browser back to: one of {@code OIDC_REDIRECT_URIS}, to the letter
 */
record OidcStart(
        @Schema(examples = "https://shop.example/signed-in") @NotBlank @Size(max = 500) @PlainText
        String redirectUri) {

    /**
     * The way there.
     *
     * @param authorizationUrl where to send the browser
     * @param flow shows on the way back who began it: keep it, and show it to nobody else
     * @param expiresIn seconds that there are
     */
    record Begun(
            @Schema(examples = "https://accounts.example/authorize?response_type=code&client_id=emporium&state=…")
            String authorizationUrl,

            @Schema(examples = "Zk1q0c3TVxk2d4bM8mB0fH6q3yq0mXoJ1l9o2v7uYtE")
            String flow,

            @Schema(examples = "600") long expiresIn) {}
}
