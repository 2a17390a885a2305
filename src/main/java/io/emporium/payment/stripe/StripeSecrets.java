package io.emporium.payment.stripe;

import io.emporium.web.Production;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** In production Emporium does not start without Stripe's secrets, nor with those that everybody knows. */
@ApplicationScoped
class StripeSecrets {
    private static final String OF_LOCAL_MODE = "sk_test_emporium_local";

    void check(@Observes @Priority(Production.CHECKED_FIRST) StartupEvent start, StripeSettings settings) {
        List<String> missing = missing(settings);
        if (!missing.isEmpty()) {
            Production.refuse("set " + String.join(" and ", missing));
        }
    }

    static List<String> missing(StripeSettings settings) {
        List<String> missing = new ArrayList<>();
        if (isUnset(settings.secretKey()) || settings.secretKey().stream().anyMatch(OF_LOCAL_MODE::equals)) {
            missing.add("STRIPE_SECRET_KEY (of your own Stripe account)");
        }
        if (isUnset(settings.webhookSecret())) {
            missing.add("STRIPE_WEBHOOK_SECRET (of the webhook endpoint /api/v1/payments/webhooks/stripe)");
        }
        return missing;
    }

    private static boolean isUnset(Optional<String> secret) {
        return secret.filter(value -> !value.isBlank()).isEmpty();
    }
}
