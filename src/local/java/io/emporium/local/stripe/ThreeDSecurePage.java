package io.emporium.local.stripe;

import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Currency;
import java.util.Locale;

/** The page where a customer of local mode passes or fails 3-D Secure by a click. */
final class ThreeDSecurePage {
    private ThreeDSecurePage() {}

    /** The question, or, where there is nothing to decide any more, what became of it. */
    static String of(Intent intent) {
        Currency currency = Currency.getInstance(intent.terms().currency().toUpperCase(Locale.ROOT));
        String amount = BigDecimal.valueOf(intent.terms().amount(), Math.max(0, currency.getDefaultFractionDigits()))
                        .toPlainString()
                + " " + currency.getCurrencyCode();
        String inner = intent.is(Intent.REQUIRES_ACTION)
                ? "<p>Your bank asks: do you pay <strong>" + amount + "</strong>?</p>"
                        + "<form method=\"post\"><button name=\"outcome\" value=\"succeed\">Approve</button> "
                        + "<button name=\"outcome\" value=\"fail\">Decline</button></form>"
                : "<p>This payment is <strong>" + intent.status() + "</strong>. You may close this page.</p>";
        return "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width\"><title>3-D Secure (fake)</title>"
                + "<style>body{font:1.1em system-ui;margin:12vh auto;max-width:28rem;padding:0 1rem}"
                + "button{font:inherit;padding:.5rem 1.2rem;cursor:pointer}</style></head><body>"
                + "<h1>Fake bank</h1>" + inner + "<p><small>" + intent.id()
                + " · local mode, no money moves</small></p></body></html>";
    }

    /** Where the customer goes afterwards, as Stripe sends them back; null where the merchant named no page. */
    static String back(Intent intent, boolean success) {
        String url = intent.progress().returnUrl();
        if (url == null) {
            return null;
        }
        int hash = url.indexOf('#');
        String page = hash < 0 ? url : url.substring(0, hash);
        return page + (page.indexOf('?') < 0 ? '?' : '&') + "payment_intent=" + intent.id()
                + "&payment_intent_client_secret=" + URLEncoder.encode(intent.clientSecret(), StandardCharsets.UTF_8)
                + "&redirect_status=" + (success ? "succeeded" : "failed") + (hash < 0 ? "" : url.substring(hash));
    }
}
