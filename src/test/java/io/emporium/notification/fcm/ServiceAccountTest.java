package io.emporium.notification.fcm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceAccountTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void it_is_given_as_a_value_or_as_a_file(@TempDir Path folder) throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        String json = JSON.writeValueAsString(Map.of(
                "project_id",
                "shop",
                "client_email",
                "shop@example.com",
                "private_key",
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(
                                        generator.generateKeyPair().getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n"));
        Path file = Files.writeString(folder.resolve("account.json"), json);
        for (String setting : new String[] {json, file.toString()}) {
            ServiceAccount account = ServiceAccount.read(setting, JSON);
            assertThat(account.projectId()).isEqualTo("shop");
            assertThat(account.tokenUri()).hasToString("https://oauth2.googleapis.com/token");
            assertThat(account.assertion(java.time.Instant.now())).matches("[^.]+\\.[^.]+\\.[^.]+");
            assertThat(account).hasToString("ServiceAccount[shop]");
        }
    }

    @Test
    void what_is_none_is_told_without_its_text() {
        for (String wrong : new String[] {
            "/no/such/file",
            "{",
            "{}",
            "{\"project_id\":\"../x\",\"client_email\":\"a\"}",
            "{\"project_id\":\"p\",\"client_email\":\"a\",\"private_key\":\"secret!\"}"
        }) {
            assertThatThrownBy(() -> ServiceAccount.read(wrong, JSON))
                    .isInstanceOf(ServiceAccount.Unreadable.class)
                    .hasMessageNotContaining("secret!");
        }
    }
}
