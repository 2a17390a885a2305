package io.emporium.local;

import com.sun.net.httpserver.HttpExchange;
import io.emporium.local.provider.Answer;
import io.emporium.local.provider.Given;
import io.emporium.local.provider.Http;
import io.emporium.local.provider.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Firebase Cloud Messaging's HTTP v1 API and Google's token endpoint, as far as a shop uses them. Device tokens that begin with
 * {@code gone} are of apps that were removed (UNREGISTERED), {@code broken} ones are none (INVALID_ARGUMENT), {@code foreign}
 * ones are another project's (SENDER_ID_MISMATCH), and {@code apple:} ones are Apple's, which lets FCM not in
 * (THIRD_PARTY_AUTH_ERROR).
 */
final class FakeFcm extends FakeServer {
    private static final String PROJECT = "emporium-local";
    private static final String EMAIL = "shop@emporium-local.iam.gserviceaccount.com";
    private static final String SCOPE = "https://www.googleapis.com/auth/firebase.messaging";

    private final Phones phones;
    private final DataFolder data;
    private final Path account;
    private final Set<String> tokens = ConcurrentHashMap.newKeySet();
    private PublicKey key;

    FakeFcm(DataFolder data, Phones phones) throws IOException {
        this.data = data;
        this.phones = phones;
        this.account = data.folder("secrets").resolve("firebase-service-account.json");
    }

    @Override
    public String name() {
        return "fcm";
    }

    @Override
    public String title() {
        return "Fake FCM";
    }

    @Override
    public Map<String, String> settings() {
        return Map.of("FCM_API_BASE", base(), "FIREBASE_SERVICE_ACCOUNT", account.toString());
    }

    @Override
    public void start() throws IOException {
        try {
            key = key();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
        super.start();
    }

    /** The account's key is made at the first start and kept; the address of its token endpoint is of each start. */
    private PublicKey key() throws IOException, GeneralSecurityException {
        String pem = Files.readString(data.privateKey("firebase-private-key.pem"));
        DataFolder.write(
                account,
                Json.write(Json.object(
                        "type",
                        "service_account",
                        "project_id",
                        PROJECT,
                        "private_key_id",
                        "local",
                        "private_key",
                        pem,
                        "client_email",
                        EMAIL,
                        "token_uri",
                        base() + "/token")));
        byte[] pkcs8 = Base64.getMimeDecoder()
                .decode(pem.replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "").strip());
        KeyFactory factory = KeyFactory.getInstance("RSA");
        RSAPrivateCrtKey secret = (RSAPrivateCrtKey) factory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        return factory.generatePublic(new RSAPublicKeySpec(secret.getModulus(), secret.getPublicExponent()));
    }

    /** tokens: none calls back every access token. */
    @Override
    Object change(Map<String, Object> settings) {
        Given.onlyKnown(settings, Set.of("tokens"));
        if (Given.oneOf(settings, "tokens", null, List.of("none")) != null) {
            tokens.clear();
        }
        return Map.of("tokens", (long) tokens.size());
    }

    @Override
    Answer error(int status) {
        return error(status, status == 429 ? "RESOURCE_EXHAUSTED" : "UNAVAILABLE", null, "as a switch has it");
    }

    @Override
    Answer answer(HttpExchange exchange, String body) throws Exception {
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/token")) {
            return token(body);
        }
        if (!path.equals("/v1/projects/" + PROJECT + "/messages:send")) {
            return error(404, "NOT_FOUND", null, "Requested entity was not found.");
        }
        String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        if (!authorization.startsWith("Bearer ") || !tokens.contains(authorization.substring(7))) {
            return error(401, "UNAUTHENTICATED", null, "Request had invalid authentication credentials.");
        }
        return send(Json.map(Json.readObject(body), "message"));
    }

    private Answer token(String body) throws Exception {
        Map<String, String> form = Http.form(body);
        String assertion = form.get("assertion");
        boolean isOurs = "urn:ietf:params:oauth:grant-type:jwt-bearer".equals(form.get("grant_type"));
        if (!isOurs || assertion == null || !isGood(assertion)) {
            return new Answer(400, Json.write(Map.of("error", "invalid_grant")));
        }
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        String token = "ya29." + HexFormat.of().formatHex(random);
        tokens.add(token);
        return Answer.ok(Json.object("access_token", token, "expires_in", 3_599L, "token_type", "Bearer"));
    }

    private boolean isGood(String assertion) throws Exception {
        String[] parts = assertion.split("\\.");
        if (parts.length != 3) {
            return false;
        }
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initVerify(key);
        signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        Map<String, Object> claims =
                Json.readObject(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8));
        long now = Instant.now().getEpochSecond();
        long issued = Json.number(claims, "iat", 0);
        long expires = Json.number(claims, "exp", 0);
        return signature.verify(Base64.getUrlDecoder().decode(parts[2]))
                && EMAIL.equals(claims.get("iss"))
                && SCOPE.equals(claims.get("scope"))
                && (base() + "/token").equals(claims.get("aud"))
                && Math.abs(now - issued) < 60
                && expires - issued <= 3_600;
    }

    private Answer send(Map<String, Object> message) throws IOException {
        String device = String.valueOf(message.get("token"));
        Map<String, Object> notification = Json.map(message, "notification");
        if (device.startsWith("gone")) {
            return error(404, "NOT_FOUND", "UNREGISTERED", "Requested entity was not found.");
        }
        if (device.startsWith("broken")) {
            return error(
                    400,
                    "INVALID_ARGUMENT",
                    "INVALID_ARGUMENT",
                    "The registration token is not a valid FCM registration token");
        }
        if (device.startsWith("foreign")) {
            return error(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", "SenderId mismatch");
        }
        if (device.startsWith("apple:")) {
            return error(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR", "Auth error from APNS or Web Push Service");
        }
        if (Json.map(message, "data").values().stream().anyMatch(value -> !(value instanceof String))) {
            return error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "Invalid value at 'message.data'");
        }
        Map<String, Object> kept = phones.add(
                "push",
                device,
                Json.text(notification, "title"),
                Json.text(notification, "body"),
                Json.object(
                        "data",
                        message.get("data"),
                        "tag",
                        Json.map(Json.map(message, "android"), "notification").get("tag")));
        return Answer.ok(Map.of("name", "projects/" + PROJECT + "/messages/" + kept.get("id")));
    }

    private static Answer error(int status, String general, String code, String message) {
        List<Object> details = code == null
                ? List.of()
                : List.of(
                        Json.object("@type", "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode", code));
        return new Answer(
                status,
                Json.write(Map.of(
                        "error",
                        Json.object(
                                "code", (long) status, "message", message, "status", general, "details", details))));
    }
}
