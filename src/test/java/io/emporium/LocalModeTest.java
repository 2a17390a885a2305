package io.emporium;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalModeTest {

    @Test
    void a_setting_that_points_to_a_server_keeps_ours_from_starting() {
        assertThat(LocalMode.pointedElsewhere(Set.of("RABBITMQ_HOST", "DB_PORT")::contains))
                .containsExactly("rabbitmq");
    }

    @Test
    void a_stripe_key_of_the_user_is_never_used_with_the_fake_stripe() {
        assertThat(LocalMode.pointedElsewhere(Set.of("STRIPE_SECRET_KEY")::contains))
                .containsExactly("stripe");
    }

    @Test
    void an_empty_setting_is_none() {
        assertThat(LocalMode.firstOf(null, " ", "", "cache.example")).isEqualTo("cache.example");
        assertThat(LocalMode.firstOf("", null)).isNull();
    }

    @Test
    void what_the_user_set_wins_but_the_settings_of_one_server_stay_together() {
        Map<String, String> ours = new HashMap<>(Map.of(
                "ADMIN_EMAIL", "admin@example.com", "ADMIN_PASSWORD", "p", "DB_HOST", "127.0.0.1", "DB_USER", "u"));
        LocalMode.keepGiven(ours, Set.of("ADMIN_EMAIL", "DB_USER")::contains);
        assertThat(ours)
                .containsOnlyKeys("ADMIN_PASSWORD", "DB_HOST", "DB_USER")
                .containsEntry("DB_USER", "u");
    }

    @Test
    void a_dot_env_file_gives_settings(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve(".env"), "# mine\nREDIS_HOST=cache.example\n");
        assertThat(LocalMode.parse(file)).containsExactly(Map.entry("REDIS_HOST", "cache.example"));
        assertThat(LocalMode.parse(folder.resolve("none"))).isEmpty();
    }

    @Test
    void a_build_folder_with_the_argument_file_means_local_mode() {
        assertThat(LocalMode.argumentFile()).isNotNull().hasFileName("servers.args");
    }

    @Test
    void servers_that_end_before_they_are_ready_are_told_in_their_own_last_line(@TempDir Path folder)
            throws IOException {
        Path source = Files.writeString(
                folder.resolve("Ending.java"),
                "class Ending { public static void main(String[] a) { System.out.println(\"The folder is in use.\"); } }");
        Path arguments = Files.writeString(folder.resolve("servers.args"), "\"" + source + "\"\n");
        PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        Assertions.assertThatThrownBy(
                        () -> new LocalMode(arguments, folder, folder, false, 3000, out).start(name -> false))
                .isInstanceOf(LocalMode.Refused.class)
                .hasMessage("The folder is in use.");
    }
}
