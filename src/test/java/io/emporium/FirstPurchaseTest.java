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
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Pastes docs/first-purchase.md into a shell, as a newcomer does, and looks at what comes out. */
@QuarkusTest
@EnabledIf("hasCurl")
class FirstPurchaseTest {
    private static final Pattern SHELL = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);

    @TestHTTPResource("/")
    URI shop;

    @ConfigProperty(name = "EMPORIUM_MAIL_PAGE")
    String mails;

    @ConfigProperty(name = "BANK_API_BASE")
    String bank;

    @Inject
    Invariants invariants;

    @TempDir
    Path home;

    /** A newcomer may have none, and still runs the tests; {@code .ci/run} lets none be passed over. */
    static boolean hasCurl() throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", "command -v curl").start().waitFor() == 0;
    }

    @Test
    void a_newcomer_buys_something_by_pasting_the_page() throws IOException, InterruptedException {
        String output = pasteThePage(Map.of());

        assertThat(output)
                .contains("Kestrel")
                .contains("Order Confirmation - ORD-")
                .contains("Imported 1 of 2 rows")
                .contains("Felt hat");
    }

    @Test
    @EnabledIf("io.emporium.RetailCatalogue#isHere")
    void the_retail_catalogue_is_loaded_and_sold_by_the_same_commands() throws IOException, InterruptedException {
        String output = pasteThePage(Map.of("CATALOG", RetailCatalogue.file().toString(), "CATEGORY", "furniture"));

        assertThat(output).containsPattern("Imported \\d+ of 2465 rows").contains("\"rejected\":0");
        assertThat(output.lines().filter(line -> line.contains("\"category\":\"furniture\"")))
                .isNotEmpty();
    }

    private String pasteThePage(Map<String, String> environment) throws IOException, InterruptedException {
        Files.writeString(
                home.resolve("links"),
                "SHOP=http://localhost:" + shop.getPort() + "\nMAILS=" + mails + "\nBANK=" + bank + "\n");
        String commands = SHELL.matcher(Files.readString(Path.of("docs/first-purchase.md")))
                .results()
                .map(block -> block.group(1))
                .collect(Collectors.joining("\necho\n"));

        String output = paste(commands, environment);

        assertThat(output)
                .contains("User registered successfully")
                .contains("Item added to cart")
                .contains("Payment processed successfully")
                .contains("\"status\":\"pending_verification\"")
                .contains("\"outcome\":\"confirmed\"")
                .contains("\"status\":\"confirmed\"")
                .contains("\"payment_status\":\"completed\"")
                .contains("\"tracking_number\":\"00340434161094042557\"")
                .doesNotContain("\"success\":false");
        assertThat(Arrays.stream(output.split("\n")).filter(line -> line.contains("Order Confirmed")))
                .as("the notification in the app")
                .isNotEmpty();
        // The latter where PayPal's webhook is quicker than the buyer, and takes the money.
        assertThat(output.lines()
                        .filter(line -> line.contains("Payment processed successfully")
                                || line.contains("The payment is being processed")))
                .as("the demo product by card and by PayPal, and one of the loaded")
                .hasSize(3);
        invariants.hold();
        return output;
    }

    private String paste(String commands, Map<String, String> environment) throws IOException, InterruptedException {
        Path printed = home.resolve("printed");
        var shell = new ProcessBuilder("sh", "-e", "-c", commands)
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile());
        shell.environment().putAll(environment);
        shell.environment().put("EMPORIUM_HOME", home.toString());
        Process process = shell.start();
        assertThat(process.waitFor(300, TimeUnit.SECONDS))
                .as("finished in time")
                .isTrue();
        String output = Files.readString(printed);
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
