package io.emporium;

import java.io.IOException;
import java.nio.file.Files;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/** Where things are in local mode, told to whoever has started it: the ports are free ones and differ from start to start. */
final class LocalLinks {
    private LocalLinks() {}

    /** Where to go first, printed when the application has started. */
    static String welcome(int port) {
        String base = "http://localhost:" + port;
        StringBuilder text = new StringBuilder("\nEmporium is open.\n");
        line(text, "API", base + "/api/v1/products");
        line(text, "Swagger UI", base + "/q/swagger-ui");
        line(text, "Health", "http://localhost:" + managementPort() + "/q/health");
        line(text, "Outbox", System.getProperty("EMPORIUM_OUTBOX_PAGE"));
        line(text, "Mails", System.getProperty("EMPORIUM_MAIL_PAGE"));
        line(text, "Fake Stripe", System.getProperty("STRIPE_API_BASE"));
        line(text, "Fake PayPal", System.getProperty("PAYPAL_API_BASE"));
        line(text, "Fake bank", System.getProperty("BANK_API_BASE"));
        line(text, "Fake OpenID", System.getProperty("OIDC_ISSUER"));
        if (System.getProperty("ADMIN_PASSWORD") != null) {
            line(text, "Admin", System.getProperty("ADMIN_EMAIL") + "  " + System.getProperty("ADMIN_PASSWORD"));
        }
        if (System.getProperty("DEMO_CUSTOMER_PASSWORD") != null) {
            line(
                    text,
                    "Customer",
                    System.getProperty("DEMO_CUSTOMER_EMAIL") + "  " + System.getProperty("DEMO_CUSTOMER_PASSWORD"));
        }
        line(text, "Try", "curl '" + base + "/api/v1/products?limit=3'");
        return text.toString();
    }

    /**
     * Leaves the URLs of this start where a shell finds them: {@code . ~/.emporium/links}.
     */
    static void leave(int port) throws IOException {
        Files.writeString(
                Files.createDirectories(LocalMode.home()).resolve("links"),
                "SHOP=http://localhost:" + port + "\nMAILS=" + System.getProperty("EMPORIUM_MAIL_PAGE") + "\nSTRIPE="
                        + System.getProperty("STRIPE_API_BASE") + "\nPAYPAL="
                        + System.getProperty("PAYPAL_API_BASE") + "\nBANK=" + System.getProperty("BANK_API_BASE")
                        + "\nOPENID=" + System.getProperty("OIDC_ISSUER")
                        + "\nOUTBOX=" + System.getProperty("EMPORIUM_OUTBOX_PAGE")
                        + "\nLOCAL=" + System.getProperty("EMPORIUM_LOCAL_PAGE") + "\n");
    }

    private static int managementPort() {
        return ConfigProvider.getConfig().getValue("quarkus.management.port", Integer.class);
    }

    private static void line(StringBuilder text, String what, @Nullable String where) {
        if (where != null) {
            text.append("  %-12s %s%n".formatted(what, where));
        }
    }
}
