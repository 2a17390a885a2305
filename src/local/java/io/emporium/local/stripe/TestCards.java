package io.emporium.local.stripe;

import io.emporium.local.provider.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Stripe's documented test payment methods, and {@code pm_1234567890} of our design's example, which succeeds. Each says what
 * becomes of a payment with it. A token ({@code tok_visa}) names the card of the same ending ({@code pm_card_visa}).
 */
final class TestCards {
    private static final Map<String, Card> CARDS = new LinkedHashMap<>();

    static {
        add("visa", "visa", "4242");
        CARDS.put("pm_1234567890", new Card("pm_1234567890", "visa", "4242", "credit", "US", null, Trait.NONE));
        add("visa_debit", "visa", "5556");
        add("mastercard", "mastercard", "4444");
        add("mastercard_debit", "mastercard", "3222");
        add("mastercard_prepaid", "mastercard", "5100");
        add("amex", "amex", "0005");
        add("discover", "discover", "1117");
        add("diners", "diners", "0004");
        add("jcb", "jcb", "0505");
        add("unionpay", "unionpay", "0005");
        for (String infix : new String[] {"", "visa_"}) {
            declined(infix + "chargeDeclined", "0002", Decline.cardDeclined("generic_decline"));
            declined(infix + "chargeDeclinedInsufficientFunds", "9995", Decline.cardDeclined("insufficient_funds"));
            declined(infix + "chargeDeclinedLostCard", "9987", Decline.cardDeclined("lost_card"));
            declined(infix + "chargeDeclinedStolenCard", "9979", Decline.cardDeclined("stolen_card"));
            declined(infix + "chargeDeclinedExpiredCard", "0069", Decline.of("expired_card", "expired_card"));
            declined(infix + "chargeDeclinedIncorrectCvc", "0127", Decline.of("incorrect_cvc", "incorrect_cvc"));
            declined(
                    infix + "chargeDeclinedProcessingError",
                    "0119",
                    Decline.of("processing_error", "processing_error"));
            declined(
                    infix + "chargeDeclinedVelocityLimitExceeded",
                    "6975",
                    Decline.cardDeclined("card_velocity_exceeded"));
            declined(infix + "chargeDeclinedFraudulent", "0019", Decline.cardDeclined("fraudulent"));
        }
        declined("chargeCustomerFail", "0341", Decline.cardDeclined("generic_decline"));
        card("radarBlock", "visa", "0019", Decline.cardDeclined("fraudulent"), Trait.BLOCKED);
        // Radar blocks it or lets it through, as the merchant wants it: see the settings.
        card("riskLevelHighest", "visa", "4954", null, Trait.HIGHEST_RISK);
        card("riskLevelElevated", "visa", "9235", null, Trait.ELEVATED_RISK);
        card("avsFail", "visa", "0010", null, Trait.WRONG_ADDRESS);
        card("avsLine1Fail", "visa", "0028", null, Trait.WRONG_STREET);
        card("avsZipFail", "visa", "0036", null, Trait.WRONG_POSTAL_CODE);
        from("GB", "0000");
        from("FR", "0003");
        from("DE", "0016");
        from("CA", "0000");
        from("BR", "0000");
        from("JP", "0003");
        card("threeDSecure2Required", "visa", "3220", null, Trait.AUTHENTICATION);
        card("threeDSecureRequired", "visa", "3063", null, Trait.AUTHENTICATION);
        card("authenticationRequired", "visa", "3184", null, Trait.AUTHENTICATION);
        card("authenticationRequiredOnSetup", "visa", "3155", null, Trait.AUTHENTICATION);
        card(
                "authenticationRequiredChargeDeclinedInsufficientFunds",
                "visa",
                "8239",
                Decline.cardDeclined("insufficient_funds"),
                Trait.AUTHENTICATION);
        card(
                "threeDSecureRequiredChargeDeclined",
                "visa",
                "1629",
                Decline.cardDeclined("generic_decline"),
                Trait.AUTHENTICATION);
        card("createDispute", "visa", "0259", null, Trait.DISPUTED);
        card("createDisputeProductNotReceived", "visa", "2685", null, Trait.DISPUTED);
        card("pendingRefund", "visa", "7726", null, Trait.SLOW_REFUND);
        card("refundFail", "visa", "5126", null, Trait.SLOW_REFUND);
    }

    private TestCards() {}

    /** What is special about a card besides its decline. A slow refund stays pending until a switch completes it. */
    enum Trait {
        NONE,
        AUTHENTICATION,
        BLOCKED,
        HIGHEST_RISK,
        ELEVATED_RISK,
        WRONG_ADDRESS,
        WRONG_STREET,
        WRONG_POSTAL_CODE,
        DISPUTED,
        SLOW_REFUND
    }

    /** A test card; {@code decline} is null where the bank approves. */
    record Card(String id, String brand, String last4, String funding, String country, Decline decline, Trait trait) {
        Card called(String name) {
            return new Card(name, brand, last4, funding, country, decline, trait);
        }

        boolean is(Trait wanted) {
            return trait == wanted;
        }

        /** The same number gives the same fingerprint, whatever it is called. */
        String fingerprint() {
            return "fake" + Integer.toHexString((brand + last4 + country).hashCode());
        }

        Map<String, Object> view() {
            Map<String, Object> card = Json.object(
                    "brand",
                    brand,
                    "checks",
                    checks(),
                    "country",
                    country,
                    "display_brand",
                    brand,
                    "exp_month",
                    12,
                    "exp_year",
                    2034,
                    "fingerprint",
                    fingerprint(),
                    "funding",
                    funding,
                    "generated_from",
                    null,
                    "last4",
                    last4,
                    "networks",
                    Json.object("available", List.of(brand), "preferred", null),
                    "three_d_secure_usage",
                    Map.of("supported", true),
                    "wallet",
                    null);
            return Json.object(
                    "id",
                    id,
                    "object",
                    "payment_method",
                    "allow_redisplay",
                    "unspecified",
                    "billing_details",
                    Json.object("address", null, "email", null, "name", null, "phone", null),
                    "card",
                    card,
                    "created",
                    1_700_000_000L,
                    "customer",
                    null,
                    "livemode",
                    false,
                    "metadata",
                    Map.of(),
                    "type",
                    "card");
        }

        Map<String, Object> checks() {
            boolean wrongCvc = decline != null && "incorrect_cvc".equals(decline.code());
            return Json.object(
                    "address_line1_check",
                    is(Trait.WRONG_ADDRESS) || is(Trait.WRONG_STREET) ? "fail" : null,
                    "address_postal_code_check",
                    is(Trait.WRONG_ADDRESS) || is(Trait.WRONG_POSTAL_CODE) ? "fail" : null,
                    "cvc_check",
                    wrongCvc ? "fail" : "pass");
        }
    }

    /** A new payment method's id; its end says of which card it was made, so that it is known wherever it is named. */
    static String methodId(Card card) {
        String template = CARDS.containsKey(card.id()) ? card.id() : templateOf(card.id());
        int number = List.copyOf(CARDS.keySet()).indexOf(template);
        return Ids.next("pm_").substring(0, 3 + 22) + "%02d".formatted(number);
    }

    private static String templateOf(String methodId) {
        List<String> templates = List.copyOf(CARDS.keySet());
        if (!methodId.matches("pm_[0-9A-Za-z]{22}[0-9]{2}")) {
            return null;
        }
        int number = Integer.parseInt(methodId.substring(methodId.length() - 2));
        return number < templates.size() ? templates.get(number) : null;
    }

    /** The card of a payment method id. Throws 400 resource_missing where there is none. */
    static Card named(String id) {
        String template = CARDS.containsKey(id) ? id : templateOf(id);
        Card card = template == null ? null : CARDS.get(template).called(id);
        if (card == null) {
            throw missing(id);
        }
        return card;
    }

    private static StripeError missing(String id) {
        return StripeError.parameter(
                "resource_missing", "payment_method", "No such PaymentMethod: '" + shown(id) + "'");
    }

    /** Throws as {@link #named}, where it is none of the test cards themselves. */
    static void known(String id) {
        if (!CARDS.containsKey(id)) {
            throw missing(id);
        }
    }

    /** As {@link #named}, but 404: the id was in the path. */
    static Card inPath(String id) {
        if (!CARDS.containsKey(id)) {
            throw StripeError.notFound("PaymentMethod", "payment_method", shown(id));
        }
        return CARDS.get(id);
    }

    /** The card of a token. Throws 400 resource_missing where there is none. */
    static Card ofToken(String token) {
        Card card = token.startsWith("tok_") ? CARDS.get("pm_card_" + token.substring(4)) : null;
        if (card == null) {
            throw StripeError.parameter(
                    "resource_missing", "payment_method_data[card][token]", "No such token: '" + shown(token) + "'");
        }
        return card;
    }

    // Whoever sends a card number as an id by mistake shall not find it in an answer, a log or the ledger.
    static String shown(String id) {
        String masked = id.replaceAll("\\d{9,}", "…");
        return masked.substring(0, Math.min(80, masked.length()));
    }

    private static void add(String name, String brand, String last4) {
        card(name, brand, last4, null, Trait.NONE);
    }

    /** A card issued in a country; Stripe names it after that. */
    private static void from(String country, String last4) {
        String id = "pm_card_" + country.toLowerCase(Locale.ROOT);
        CARDS.put(id, new Card(id, "visa", last4, "credit", country, null, Trait.NONE));
    }

    private static void declined(String name, String last4, Decline decline) {
        card(name, "visa", last4, decline, Trait.NONE);
    }

    private static void card(String name, String brand, String last4, Decline decline, Trait trait) {
        String id = "pm_card_" + name;
        String funding = name.endsWith("_debit") ? "debit" : name.endsWith("_prepaid") ? "prepaid" : "credit";
        CARDS.put(id, new Card(id, brand, last4, funding, "US", decline, trait));
    }
}
