package io.emporium.payment.stripe;

import io.emporium.web.Production;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Currency;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Emporium does not start in a currency whose amounts Stripe would read otherwise than they are meant. */
@ApplicationScoped
class StripeCurrency {
    private static final int DECIMALS = 2;
    /** At Stripe. ISO 4217 and the JDK give one of them, the ariary (MGA), two: 100.00 would be charged as 10,000. */
    private static final Set<String> WITHOUT_DECIMALS = Set.of(
            "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF",
            "XPF");
    /** At Stripe. */
    private static final Set<String> WITH_THREE_DECIMALS = Set.of("BHD", "JOD", "KWD", "OMR", "TND");

    void check(
            @Observes @Priority(Production.CHECKED_FIRST) StartupEvent start,
            @ConfigProperty(name = "emporium.currency") String currency) {
        refusal(currency).ifPresent(why -> {
            throw Production.refusal("CURRENCY=" + currency + " " + why);
        });
    }

    /** Why a currency cannot be sold in; nothing where it can. */
    static Optional<String> refusal(String code) {
        Currency currency;
        try {
            currency = Currency.getInstance(code);
        } catch (IllegalArgumentException unknown) {
            return Optional.of("is no currency; set a code of ISO 4217, such as USD");
        }
        // The others with none or three at Stripe have as many by ISO; the lists hold whatever a JDK's table says.
        if (WITHOUT_DECIMALS.contains(code)) {
            return Optional.of("has no decimals at Stripe; prices here have two, and would be charged hundredfold");
        }
        if (WITH_THREE_DECIMALS.contains(code)) {
            return Optional.of("has three decimals at Stripe; prices here have two, and a tenth would be charged");
        }
        return currency.getDefaultFractionDigits() == DECIMALS
                ? Optional.empty()
                : Optional.of("has not two decimals, as prices here have");
    }
}
