package io.emporium.local;

import com.sun.net.httpserver.HttpExchange;
import io.emporium.local.provider.Answer;
import io.emporium.local.provider.Given;
import io.emporium.local.provider.Http;
import io.emporium.local.provider.Json;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * An OpenID Connect provider: discovery, keys, a page on which one chooses who one is, codes with PKCE (S256), RS256 ID tokens and
 * userinfo. It knows one client, asks for no password, and is as strict as a real one otherwise: a code is good once, for a minute,
 * for its client, its redirect_uri and its verifier. {@code PUT /_fake/settings} makes it lie in every way that a client must notice.
 */
final class FakeOidc extends FakeServer {
    private static final String CLIENT = "emporium_local";
    private static final long CODE_SECONDS = 60;
    private static final List<String> PERSON = List.of("sub", "email", "email_verified", "given_name", "family_name");
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final String secret;
    private final Map<String, Granted> codes = new ConcurrentHashMap<>();
    private final Map<String, Map<String, Object>> tokens = new ConcurrentHashMap<>();
    private volatile KeyPair key = newKey();
    private volatile String kid = random();
    private volatile KeyPair strangers;
    private volatile Lies lies = Lies.NONE;

    /**
     * How it lies.
     *
     * @param claims other claims of ID tokens; null takes one out
     * @param signedBy as ID tokens are: RS256 by its key, by unknown_key, none, HS256 by the public key
     * @param metadata other entries of the discovery document
     * @param emailIn where the address is told: id_token or userinfo
     * @param secretIn where it takes the client's secret: header or body
     */
    private record Lies(
            Map<String, Object> claims,
            String signedBy,
            Map<String, Object> metadata,
            String emailIn,
            String secretIn) {
        static final Lies NONE = new Lies(Map.of(), "RS256", Map.of(), "id_token", "header");
    }

    private record Granted(
            Map<String, Object> person, String redirectUri, String nonce, String challenge, Instant until) {}

    FakeOidc(DataFolder data) throws IOException {
        this.secret = data.secret("oidc");
    }

    @Override
    public String name() {
        return "oidc";
    }

    @Override
    public String title() {
        return "Fake OpenID provider";
    }

    @Override
    public Map<String, String> settings() {
        return Map.of(
                "OIDC_ISSUER",
                base(),
                "OIDC_CLIENT_ID",
                CLIENT,
                "OIDC_CLIENT_SECRET",
                secret,
                "OIDC_REDIRECT_URIS",
                String.join(",", redirects()));
    }

    /** A page of its own that shows what came back, one where front ends are developed, and one of an app. */
    private List<String> redirects() {
        return List.of(base() + "/back", "http://localhost:5173/signed-in", "emporium://signed-in");
    }

    /** As {@link Lies} has it; what is not named is the truth again. {@code rotate}: another key from now on. */
    @Override
    Object change(Map<String, Object> given) {
        Given.onlyKnown(given, Set.of("claims", "signed_by", "metadata", "email_in", "secret_in", "rotate"));
        if (Json.flag(given, "rotate")) {
            key = newKey();
            kid = random();
        }
        if (strangers == null && "unknown_key".equals(given.get("signed_by"))) {
            // Not when it is asked for a token: on a busy machine that takes longer than anybody waits.
            strangers = newKey();
        }
        lies = new Lies(
                Json.map(given, "claims"),
                Given.oneOf(given, "signed_by", "RS256", List.of("RS256", "unknown_key", "none", "HS256")),
                Json.map(given, "metadata"),
                Given.oneOf(given, "email_in", "id_token", List.of("id_token", "userinfo")),
                Given.oneOf(given, "secret_in", "header", List.of("header", "body")));
        return given;
    }

    @Override
    Answer error(int status) {
        return error(status, "server_error");
    }

    private static Answer error(int status, String error) {
        return new Answer(status, Json.write(Map.of("error", error)));
    }

    /** A page begins as one; what leads elsewhere is its address. */
    @Override
    void send(HttpExchange exchange, Answer answer) throws IOException {
        if (answer.status() == 302) {
            exchange.getResponseHeaders().set("Location", answer.body());
            exchange.sendResponseHeaders(302, -1);
        } else if (answer.body().startsWith("<!doctype")) {
            Http.send(exchange, answer.status(), "text/html; charset=utf-8", answer.body());
        } else {
            super.send(exchange, answer);
        }
    }

    @Override
    Answer answer(HttpExchange exchange, String body) throws Exception {
        Map<String, String> query = Http.form(exchange.getRequestURI().getRawQuery());
        String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        return switch (exchange.getRequestMethod() + " "
                + exchange.getRequestURI().getPath()) {
            case "GET /.well-known/openid-configuration" -> Answer.ok(metadata());
            case "GET /jwks" -> Answer.ok(Map.of("keys", List.of(jwk())));
            case "GET /authorize" -> refusal(query) == null ? page(query) : error(400, refusal(query));
            case "POST /authorize" -> {
                Map<String, String> form = Http.form(body);
                yield refusal(form) == null ? grant(form) : error(400, refusal(form));
            }
            case "POST /token" -> token(authorization, Http.form(body));
            case "GET /userinfo" -> {
                Map<String, Object> person = tokens.get(authorization.replaceFirst("^Bearer ", ""));
                yield person == null ? error(401, "invalid_token") : Answer.ok(person);
            }
            case "GET /back" -> back(query);
            default -> error(404, "not_found");
        };
    }

    private Map<String, Object> metadata() {
        Map<String, Object> metadata = Json.object(
                "issuer", base(),
                "authorization_endpoint", base() + "/authorize",
                "token_endpoint", base() + "/token",
                "jwks_uri", base() + "/jwks",
                "userinfo_endpoint", base() + "/userinfo",
                "response_types_supported", List.of("code"),
                "subject_types_supported", List.of("public"),
                "id_token_signing_alg_values_supported", List.of("RS256"),
                "scopes_supported", List.of("openid", "email", "profile"),
                "code_challenge_methods_supported", List.of("S256"),
                "token_endpoint_auth_methods_supported",
                        List.of(lies.secretIn.equals("body") ? "client_secret_post" : "client_secret_basic"));
        metadata.putAll(lies.metadata);
        return metadata;
    }

    private Map<String, Object> jwk() {
        RSAPublicKey shown = (RSAPublicKey) key.getPublic();
        return Json.object(
                "kty",
                "RSA",
                "use",
                "sig",
                "alg",
                "RS256",
                "kid",
                kid,
                "n",
                bytes(shown.getModulus()),
                "e",
                bytes(shown.getPublicExponent()));
    }

    private static String bytes(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return BASE64.encodeToString(bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
    }

    /** What is wrong with a request; null if nothing is. It is told here, for the redirect_uri may be a stranger's. */
    private String refusal(Map<String, String> asked) {
        if (!CLIENT.equals(asked.get("client_id"))) {
            return "invalid_client";
        }
        if (!redirects().contains(asked.getOrDefault("redirect_uri", ""))) {
            return "invalid_redirect_uri";
        }
        boolean isGood = "code".equals(asked.get("response_type"))
                && List.of(asked.getOrDefault("scope", "").split(" ")).contains("openid")
                && "S256".equals(asked.get("code_challenge_method"))
                && asked.getOrDefault("code_challenge", "").matches("[\\w-]{43}");
        return isGood ? null : "invalid_request";
    }

    private static Answer page(Map<String, String> asked) {
        StringBuilder form = new StringBuilder();
        asked.forEach((name, value) ->
                form.append("<input type=hidden name=\"%s\" value=\"%s\">".formatted(escape(name), escape(value))));
        return new Answer(200, """
                <!doctype html><html lang=en><meta charset=utf-8><title>Sign in</title>
                <meta name=viewport content="width=device-width, initial-scale=1">
                <style>:root{color-scheme:light dark}body{font:16px/1.6 system-ui;margin:2em auto;padding:0 1em;max-width:24em}
                label{display:block}input:not([type=checkbox]),button{font:inherit;width:100%%;margin-bottom:.8em}</style>
                <h1>Who are you?</h1><p>The OpenID provider of local mode believes you.<form method=post>%s
                <label>E-mail address<input name=email type=email value=ada@example.com required></label>
                <label><input type=checkbox name=email_verified value=true checked> the provider has verified it</label>
                <label>First name<input name=given_name value=Ada></label>
                <label>Last name<input name=family_name value=Lovelace></label>
                <button>Sign in</button></form>""".formatted(form));
    }

    private Answer grant(Map<String, String> form) {
        Map<String, Object> person = new LinkedHashMap<>();
        PERSON.stream()
                .filter(claim -> !form.getOrDefault(claim, "").isEmpty())
                .forEach(claim -> person.put(claim, form.get(claim)));
        person.putIfAbsent("sub", "local-" + form.get("email"));
        person.put("email_verified", "true".equals(form.get("email_verified")));
        String code = random();
        codes.put(
                code,
                new Granted(
                        person,
                        form.get("redirect_uri"),
                        form.get("nonce"),
                        form.get("code_challenge"),
                        Instant.now().plusSeconds(CODE_SECONDS)));
        return new Answer(
                302, form.get("redirect_uri") + "?code=" + code + "&state=" + encode(form.getOrDefault("state", "")));
    }

    private Answer token(String authorization, Map<String, String> form) throws Exception {
        boolean isClient = lies.secretIn.equals("body")
                ? CLIENT.equals(form.get("client_id")) && secret.equals(form.get("client_secret"))
                : authorization.equals("Basic "
                        + Base64.getEncoder()
                                .encodeToString((CLIENT + ":" + secret).getBytes(StandardCharsets.US_ASCII)));
        if (!isClient) {
            return error(401, "invalid_client");
        }
        // Gone with the first try, a wrong one too.
        Granted granted = codes.remove(form.getOrDefault("code", ""));
        if (!"authorization_code".equals(form.get("grant_type"))
                || granted == null
                || granted.until().isBefore(Instant.now())
                || !granted.redirectUri().equals(form.get("redirect_uri"))
                || !granted.challenge().equals(challenge(form.getOrDefault("code_verifier", "")))) {
            return error(400, "invalid_grant");
        }
        String token = random();
        tokens.put(token, granted.person());
        return Answer.ok(Json.object(
                "access_token", token, "token_type", "Bearer", "expires_in", 300L, "id_token", idToken(granted)));
    }

    private static String challenge(String verifier) throws GeneralSecurityException {
        return BASE64.encodeToString(
                MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    }

    private String idToken(Granted granted) throws GeneralSecurityException {
        long now = Instant.now().getEpochSecond();
        Map<String, Object> claims = Json.object("iss", base(), "aud", CLIENT, "iat", now, "exp", now + 300);
        if (granted.nonce() != null) {
            claims.put("nonce", granted.nonce());
        }
        claims.putAll(granted.person());
        if (lies.emailIn.equals("userinfo")) {
            claims.keySet().retainAll(Set.of("iss", "aud", "iat", "exp", "nonce", "sub"));
        }
        claims.putAll(lies.claims);
        claims.values().removeIf(value -> value == null);
        String algorithm = lies.signedBy.equals("unknown_key") ? "RS256" : lies.signedBy;
        String said = part(Json.object("alg", algorithm, "typ", "JWT", "kid", kid)) + "." + part(claims);
        return said + "." + BASE64.encodeToString(signature(said.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String part(Map<String, Object> json) {
        return BASE64.encodeToString(Json.write(json).getBytes(StandardCharsets.UTF_8));
    }

    private byte[] signature(byte[] said) throws GeneralSecurityException {
        if (lies.signedBy.equals("none")) {
            return new byte[0];
        }
        if (lies.signedBy.equals("HS256")) {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getPublic().getEncoded(), "HmacSHA256"));
            return mac.doFinal(said);
        }
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign((lies.signedBy.equals("unknown_key") ? strangers : key).getPrivate());
        signature.update(said);
        return signature.sign();
    }

    /** Where the shop's front end would be. */
    private static Answer back(Map<String, String> query) {
        return new Answer(200, """
                <!doctype html><html lang=en><meta charset=utf-8><title>Back</title>
                <style>:root{color-scheme:light dark}body{font:16px/1.6 system-ui;margin:2em auto;padding:0 1em;max-width:50em}
                pre{white-space:pre-wrap;overflow-wrap:anywhere}</style>
                <h1>Back at the shop</h1><p>A front end would now post this to <code>/api/v1/auth/oidc/finish</code>, with the flow that it
                got when it began:<pre>%s</pre>""".formatted(escape(Json.write(Json.object(
                "flow", "…", "state", query.getOrDefault("state", ""), "code", query.getOrDefault("code", ""))))));
    }

    private static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String random() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return BASE64.encodeToString(bytes);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
