package io.emporium;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pastes docs/first-purchase.md into a shell, as a newcomer does, and looks at what comes out. */
@QuarkusTest
class FirstPurchaseTest {
    private static final Pattern SHELL = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);

    @TestHTTPResource("/")
    URI shop;

    @ConfigProperty(name = "EMPORIUM_MAIL_PAGE")
    String mails;

    @Inject
    Invariants invariants;

    @TempDir
    Path home;

    @Test
    void a_newcomer_buys_something_by_pasting_the_page() throws IOException, InterruptedException {
        Files.writeString(home.resolve("links"), "SHOP=http://localhost:" + shop.getPort() + "\nMAILS=" + mails + "\n");
        String commands = SHELL.matcher(Files.readString(Path.of("docs/first-purchase.md")))
                .results()
                .map(block -> block.group(1))
                .collect(Collectors.joining("\necho\n"));

        String output = paste(commands);

        assertThat(output)
                .contains("User registered successfully")
                .contains("Item added to cart")
                .contains("Payment processed successfully")
                .contains("\"status\":\"confirmed\"")
                .contains("\"payment_status\":\"completed\"")
                .contains("Order Confirmation - ORD-")
                .contains("Imported 1 of 2 rows")
                .doesNotContain("\"success\":false");
        assertThat(Arrays.stream(output.split("\n")).filter(line -> line.contains("Order Confirmed")))
                .as("the notification in the app")
                .isNotEmpty();
        invariants.hold();
    }

    private String paste(String commands) throws IOException, InterruptedException {
        Path printed = home.resolve("printed");
        var shell = new ProcessBuilder("sh", "-e", "-c", commands)
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile());
        shell.environment().put("EMPORIUM_HOME", home.toString());
        Process process = shell.start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS))
                .as("finished in time")
                .isTrue();
        String output = Files.readString(printed);
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
