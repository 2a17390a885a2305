package io.emporium.payment.paypal;

import io.emporium.web.Production;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** PayPal is set as a whole or not at all: with a half of it, or with what everybody knows, production does not start. */
@ApplicationScoped
class PayPalSecrets {
    private static final String OF_LOCAL_MODE = "emporium_local";

    void check(
            @Observes @Priority(Production.CHECKED_FIRST) StartupEvent start,
            PayPalSettings settings,
            @ConfigProperty(name = "emporium.order.payment-methods") List<String> offered) {
        List<String> missing = missing(settings, offered.contains("paypal"));
        if (!missing.isEmpty()) {
            Production.refuse("set " + String.join(" and ", missing)
                    + "; or have no PAYPAL_ setting, and no paypal in PAYMENT_METHODS");
        }
    }

    static List<String> missing(PayPalSettings settings, boolean isOffered) {
        List<String> missing = new ArrayList<>();
        if (!isOffered
                && !isSet(settings.clientId())
                && !isSet(settings.clientSecret())
                && !isSet(settings.webhookId())) {
            return missing;
        }
        if (!isSet(settings.clientId()) || settings.clientId().stream().anyMatch(OF_LOCAL_MODE::equals)) {
            missing.add("PAYPAL_CLIENT_ID (of your own PayPal app)");
        }
        if (!isSet(settings.clientSecret())) {
            missing.add("PAYPAL_CLIENT_SECRET (of the same app)");
        }
        if (!isSet(settings.webhookId())) {
            missing.add("PAYPAL_WEBHOOK_ID (of the webhook /api/v1/payments/webhooks/paypal)");
        }
        return missing;
    }

    private static boolean isSet(Optional<String> setting) {
        return setting.filter(value -> !value.isBlank()).isPresent();
    }
}
