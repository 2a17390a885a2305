package io.emporium.notification.fcm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.build.Jwt;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * Who we are to Google: a service account's key file.
 *
 * @param tokenUri where an assertion that we sign is exchanged for an access token
 */
record ServiceAccount(String projectId, String clientEmail, String keyId, PrivateKey key, URI tokenUri) {
    private static final String SCOPE = "https://www.googleapis.com/auth/firebase.messaging";
    private static final Duration LIFE = Duration.ofHours(1);
    private static final Pattern PROJECT = Pattern.compile("[A-Za-z0-9:._-]{1,100}");
    private static final String GOOGLE = "https://oauth2.googleapis.com/token";

    /** It cannot be read; why, in words for whoever has set it, without any of it. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable(String why) {
            super(why, null, false, false);
        }
    }

    /** @param setting the JSON itself, or the path of its file */
    static ServiceAccount read(String setting, ObjectMapper json) throws Unreadable {
        JsonNode account = parse(setting.strip().startsWith("{") ? setting : file(setting.strip()), json);
        String project = account.path("project_id").asText();
        String email = account.path("client_email").asText();
        if (!PROJECT.matcher(project).matches() || email.isBlank()) {
            throw new Unreadable("it has no project_id or no client_email");
        }
        return new ServiceAccount(
                project,
                email,
                account.path("private_key_id").asText(),
                key(account.path("private_key").asText()),
                uri(account.path("token_uri").asText(GOOGLE)));
    }

    private static String file(String path) throws Unreadable {
        try {
            return Files.readString(Path.of(path));
        } catch (IOException | InvalidPathException notThere) {
            throw new Unreadable("there is no such file");
        }
    }

    private static JsonNode parse(String text, ObjectMapper json) throws Unreadable {
        try {
            return json.readTree(text);
        } catch (JsonProcessingException noJson) {
            throw new Unreadable("it is no JSON");
        }
    }

    private static PrivateKey key(String pem) throws Unreadable {
        try {
            String base64 =
                    pem.replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "").replaceAll("\\s", "");
            return KeyFactory.getInstance("RSA")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
        } catch (GeneralSecurityException | IllegalArgumentException noKey) {
            throw new Unreadable("its private_key is no RSA key in PKCS#8");
        }
    }

    private static URI uri(String address) throws Unreadable {
        try {
            return URI.create(address);
        } catch (IllegalArgumentException noAddress) {
            throw new Unreadable("its token_uri is no address");
        }
    }

    /** That it is us, for an hour (RFC 7523). */
    String assertion(Instant now) {
        return Jwt.issuer(clientEmail)
                .audience(tokenUri.toString())
                .issuedAt(now)
                .expiresAt(now.plus(LIFE))
                .claim("scope", SCOPE)
                .jws()
                .algorithm(SignatureAlgorithm.RS256)
                .keyId(keyId)
                .sign(key);
    }

    /** The key is nobody's business in a log. */
    @Override
    public String toString() {
        return "ServiceAccount[" + projectId + "]";
    }
}
