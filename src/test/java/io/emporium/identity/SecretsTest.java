package io.emporium.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emporium.shared.Refusal;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The signing key and the passwords, without a shop around them. */
class SecretsTest {
    private static String pem(String algorithm, int bits, String lineEnd) throws Exception {
        var generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(bits);
        byte[] pkcs8 = generator.generateKeyPair().getPrivate().getEncoded();
        return "-----BEGIN PRIVATE KEY-----" + lineEnd
                + Base64.getMimeEncoder(64, lineEnd.getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                        .encodeToString(pkcs8)
                + lineEnd + "-----END PRIVATE KEY-----" + lineEnd;
    }

    private static void refused(Optional<String> file, Optional<String> inline, String line) {
        assertThatThrownBy(() -> new SigningKey(file, inline, true))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(line)
                .hasMessageNotContaining("\n");
    }

    @Test
    void a_key_is_read_from_a_file_and_from_the_environment(@TempDir Path folder) throws Exception {
        String pem = pem("RSA", 2048, "\n");
        Path file = Files.writeString(folder.resolve("key.pem"), pem);
        var fromFile = new SigningKey(Optional.of(file.toString()), Optional.empty(), true);
        var inline = new SigningKey(Optional.empty(), Optional.of(pem), true);
        // As .env files and Kubernetes secrets often have it.
        var oneLine = new SigningKey(Optional.empty(), Optional.of(pem.replace("\n", "\\n")), true);
        var windows = new SigningKey(Optional.empty(), Optional.of(pem.replace("\n", "\r\n")), true);
        assertThat(List.of(inline.id(), oneLine.id(), windows.id())).containsOnly(fromFile.id());
        assertThat(fromFile.verification().jwk()).containsOnlyKeys("kty", "use", "alg", "kid", "n", "e");
    }

    @Test
    void production_does_not_start_without_a_usable_key() throws Exception {
        refused(Optional.empty(), Optional.empty(), "JWT_PRIVATE_KEY_FILE (or JWT_PRIVATE_KEY) must be set");
        refused(Optional.of("/nowhere/key.pem"), Optional.empty(), "cannot be read: /nowhere/key.pem");
        refused(Optional.empty(), Optional.of("secret"), "is not an RSA key");
        refused(Optional.empty(), Optional.of(pem("RSA", 1024, "\n")), "2048 bits or more");
        refused(Optional.empty(), Optional.of(pem("EC", 256, "\n")), "RSA");
    }

    @Test
    void elsewhere_a_key_is_made_for_the_run() {
        var one = new SigningKey(Optional.empty(), Optional.empty(), false);
        var another = new SigningKey(Optional.empty(), Optional.empty(), false);
        assertThat(one.id()).isNotEqualTo(another.id());
    }

    @Test
    void a_flood_of_passwords_is_refused_in_part_and_the_rest_is_answered() throws Exception {
        var passwords = new Passwords(10);
        String hash = passwords.hash("SecurePass123!");
        int flood = 40 * Runtime.getRuntime().availableProcessors() + 40;
        List<String> outcomes = AtOnce.times(flood, i -> {
            try {
                return passwords.matches("SecurePass123!", hash) ? "right" : "wrong";
            } catch (Refusal refusal) {
                assertThat(refusal.retryAfter()).isNotNull();
                return refusal.code().name();
            }
        });
        passwords.stop();
        assertThat(outcomes).containsOnly("right", "SERVICE_UNAVAILABLE");
    }

    @Test
    void a_cheaper_hash_than_cost_10_is_not_to_be_had() {
        assertThatThrownBy(() -> new Passwords(9)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_hash_of_another_cost_is_recognised() {
        var cheap = new Passwords(10);
        var dear = new Passwords(11);
        assertThat(dear.isOfAnotherCost(cheap.hash("SecurePass123!"))).isTrue();
        assertThat(dear.isOfAnotherCost(dear.hash("SecurePass123!"))).isFalse();
        cheap.stop();
        dear.stop();
    }

    @Test
    void what_is_wrong_with_a_password_is_said() {
        var passwords = new Passwords(10);
        assertThat(passwords.fault("SecurePass123!", "a@example.com")).isNull();
        assertThat(passwords.fault("correct horse battery", "a@example.com")).isNull();
        assertThat(passwords.fault("mänchmal-gehts", "a@example.com")).isNull();
        assertThat(passwords.fault("1l0v3y0uf0r3v3r", "a@example.com")).contains("easy to guess");
        assertThat(passwords.fault("€".repeat(25), "a@example.com")).contains("72 bytes");
        // Eleven characters, though 22 chars in Java.
        assertThat(passwords.fault("😀😁😂🤣😃😄😅😆😉😊😋", "a@example.com")).contains("at least 12");
        passwords.stop();
    }

    @Test
    void the_list_of_common_passwords_holds_what_could_pass_the_length() throws Exception {
        try (var in = SecretsTest.class.getResourceAsStream("/common-passwords.txt")) {
            List<String> list = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertThat(list).hasSizeGreaterThan(1000).doesNotHaveDuplicates();
            assertThat(list)
                    .allMatch(entry -> entry.length() >= 12 && entry.equals(entry.toLowerCase(java.util.Locale.ROOT)));
        }
    }
}
