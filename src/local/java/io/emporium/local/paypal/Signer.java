package io.emporium.local.paypal;

import io.emporium.local.provider.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32;

/**
 * Signs webhooks as PayPal does, and tells whether it has signed one: SHA256withRSA over
 * {@code transmission id|time|webhook id|CRC-32 of the body}; and the ways a signature can be wrong.
 */
final class Signer {
    static final String GOOD = "good";
    static final List<String> KINDS =
            List.of(GOOD, "forged", "missing", "malformed", "of_another_webhook", "other_cert");

    private static final String ALGORITHM = "SHA256withRSA";
    private static final String ALIAS = "webhooks";
    private static final char[] PASSWORD = "of-local-mode".toCharArray();

    private final String certUrl;
    private final String webhookId;
    private final PrivateKey key;
    private final PrivateKey otherKey;
    private final Certificate certificate;

    /** Reads the key and certificate in the folder, made at the first start. */
    Signer(Path folder, String base, String webhookId) throws IOException {
        this.webhookId = webhookId;
        Path file = folder.resolve("webhooks.p12");
        if (!Files.exists(file)) {
            make(file);
        }
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD);
            key = (PrivateKey) store.getKey(ALIAS, PASSWORD);
            certificate = store.getCertificate(ALIAS);
            otherKey = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate();
        } catch (GeneralSecurityException e) {
            throw new IOException("The key of the webhooks cannot be read: " + e, e);
        }
        certUrl = base + "/v1/notifications/certs/CERT-emporium-local";
    }

    /** The JDK makes certificates by this tool only. */
    private static void make(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Path part = file.resolveSibling("webhooks.p12.part");
        Files.deleteIfExists(part);
        String tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process process = new ProcessBuilder(
                        tool,
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "RSA",
                        "-keysize",
                        "2048",
                        "-validity",
                        "3650",
                        "-dname",
                        "CN=messageverificationcerts.paypal.invalid, O=Emporium local mode",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        part.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException("keytool made no certificate: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        Files.move(part, file);
    }

    Map<String, String> headers(String payload, String kind, long offsetSeconds) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("User-Agent", "PayPal/AUHD-214.0-1 (fake of Emporium's local mode)");
        if (kind.equals("missing")) {
            return headers;
        }
        String id = UUID.randomUUID().toString();
        String time = Instant.ofEpochSecond(Ledger.now() + offsetSeconds).toString();
        String signature = switch (kind) {
            case "forged" -> sign(otherKey, id, time, webhookId, payload);
            case "of_another_webhook" -> sign(key, id, time, "ANOTHERSHOP000001", payload);
            case "malformed" -> "no*base64";
            default -> sign(key, id, time, webhookId, payload);
        };
        headers.put("PAYPAL-AUTH-ALGO", ALGORITHM);
        headers.put("PAYPAL-CERT-URL", kind.equals("other_cert") ? "https://paypal.example/cert" : certUrl);
        headers.put("PAYPAL-TRANSMISSION-ID", id);
        headers.put("PAYPAL-TRANSMISSION-SIG", signature);
        headers.put("PAYPAL-TRANSMISSION-TIME", kind.equals("malformed") ? "yesterday" : time);
        return headers;
    }

    private static String sign(PrivateKey key, String id, String time, String webhookId, String payload) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key);
            signature.update(signed(id, time, webhookId, payload));
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    private static byte[] signed(String id, String time, String webhookId, String payload) {
        CRC32 crc = new CRC32();
        crc.update(payload.getBytes(StandardCharsets.UTF_8));
        return (id + "|" + time + "|" + webhookId + "|" + crc.getValue()).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * POST /v1/notifications/verify-webhook-signature. As at PayPal the webhook id is the caller's to name: whoever lets
     * a sender choose it verifies anything.
     *
     * @param body as it came: the event in it is looked at byte for byte, where it is the last field
     */
    Map<String, Object> verify(String body) {
        Map<String, Object> given = Api.read(body);
        for (String field : List.of(
                "auth_algo",
                "cert_url",
                "transmission_id",
                "transmission_sig",
                "transmission_time",
                "webhook_id",
                "webhook_event")) {
            if (given.get(field) == null) {
                throw PayPalError.missing(field);
            }
        }
        boolean good = certUrl.equals(given.get("cert_url"))
                && ALGORITHM.equals(given.get("auth_algo"))
                && (isSigned(given, lastField(body)) || isSigned(given, Json.write(given.get("webhook_event"))));
        return Json.object("verification_status", good ? "SUCCESS" : "FAILURE");
    }

    private static String lastField(String body) {
        String name = "\"webhook_event\":";
        int at = body.indexOf(name);
        int end = body.lastIndexOf('}');
        return at < 0 || end < at + name.length() ? "" : body.substring(at + name.length(), end);
    }

    private boolean isSigned(Map<String, Object> given, String payload) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(certificate);
            signature.update(signed(
                    Json.text(given, "transmission_id"),
                    Json.text(given, "transmission_time"),
                    Json.text(given, "webhook_id"),
                    payload));
            return signature.verify(Base64.getDecoder().decode(Json.text(given, "transmission_sig")));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    /** The certificate in PEM, as it lies at its URL. */
    String certificate() {
        try {
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
