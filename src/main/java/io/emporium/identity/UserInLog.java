package io.emporium.identity;

import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What stands for a user on the log lines of their requests ({@link io.emporium.web.Caller#PSEUDONYM}): to be told apart, but not to be
 * turned back into an account by whoever has only the log. Made with the key that signs tokens: the same for the same user in every
 * process, as long as one key signs, and another from the day that the next one does.
 */
@Singleton
class UserInLog {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int LENGTH = 12;

    private final SecretKeySpec key;

    UserInLog(SigningKey signing) {
        this.key = new SecretKeySpec(signing.privateKey().getEncoded(), ALGORITHM);
    }

    String pseudonym(long userId) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] hash = mac.doFinal(("user in log " + userId).getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash).substring(0, LENGTH);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
