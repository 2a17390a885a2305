package io.emporium.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Whether somebody signs in with a second factor.
 *
 * @param isOn whether a sign-in takes it
 * @param since when it was turned on; null: it is not on
 * @param recoveryCodesLeft how many have not been used
 * @param isNeeded whether they can do nothing else before it is on
 */
record SecondFactorView(boolean isOn, @JsonInclude @Nullable Instant since, long recoveryCodesLeft, boolean isNeeded) {

    /**
     * What an authenticator app is told, this once.
     *
     * @param secret in base32, for whoever types it
     * @param otpauthUri to be shown as a QR code
     */
    record Begun(
            @Schema(examples = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
            String secret,

            @Schema(
                    examples =
                            "otpauth://totp/Emporium:ann%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=Emporium&algorithm=SHA1&digits=6&period=30")
            String otpauthUri) {}

    /** Told this once; each is good once, in an app's code's stead. */
    record RecoveryCodes(
            @Schema(examples = "[\"K7QF-2MZP-XW4B-T6JD\"]") List<String> recoveryCodes) {}
}
