package io.emporium.payment.fraud;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a provider told of the card, out of the evidence it left with the payment ({@code card} and {@code risk} in it). A
 * provider without cards tells nothing.
 *
 * @param fingerprint the same for the same card number
 * @param country the card's, ISO 3166 with two letters
 * @param streetCheck whether the card's bank knows the billing address: pass, fail, unavailable or unchecked
 * @param postalCodeCheck as the street's
 * @param riskLevel normal, elevated or highest
 * @param riskScore 0 to 100
 */
record Evidence(
        @Nullable String fingerprint,
        @Nullable String country,
        @Nullable String streetCheck,
        @Nullable String postalCodeCheck,
        @Nullable String riskLevel,
        @Nullable Integer riskScore) {
    static final Evidence NONE = new Evidence(null, null, null, null, null, null);

    private static final ObjectMapper JSON = new ObjectMapper();

    /** @param json as {@code GatewayOutcome.evidence()} has it */
    static Evidence of(@Nullable String json) {
        if (json == null) {
            return NONE;
        }
        try {
            JsonNode told = JSON.readTree(json);
            JsonNode card = told.path("card");
            JsonNode risk = told.path("risk");
            return new Evidence(
                    text(card, "fingerprint"),
                    text(card, "country"),
                    text(card, "address_line1_check"),
                    text(card, "address_postal_code_check"),
                    text(risk, "level"),
                    risk.path("score").isInt()
                            ? Integer.valueOf(risk.path("score").intValue())
                            : null);
        } catch (JsonProcessingException notOurs) {
            throw new IllegalArgumentException("Evidence that is no JSON", notOurs);
        }
    }

    /** What does not fit: the card's country where both are known, and each check its bank answered with no. */
    long mismatches(String shipTo) {
        boolean isFromElsewhere = country != null
                && Country.of(shipTo).filter(there -> !there.equals(country)).isPresent();
        return Stream.of(isFromElsewhere, "fail".equals(streetCheck), "fail".equals(postalCodeCheck))
                .filter(mismatch -> mismatch)
                .count();
    }

    long riskLevelNumber() {
        return switch (riskLevel) {
            case "normal" -> 1;
            case "elevated" -> 2;
            case "highest" -> 3;
            // Not assessed, unknown, or a word that is new.
            case null, default -> 0;
        };
    }

    long riskScoreOrZero() {
        return riskScore == null ? 0 : riskScore;
    }

    /** What is kept to explain a judgement by; the card itself stands beside it. */
    Map<String, Object> told() {
        Map<String, Object> told = new LinkedHashMap<>();
        put(told, "card_country", country);
        put(told, "address_line1_check", streetCheck);
        put(told, "address_postal_code_check", postalCodeCheck);
        put(told, "risk_level", riskLevel);
        put(told, "risk_score", riskScore);
        return told;
    }

    private static void put(Map<String, Object> told, String name, @Nullable Object value) {
        if (value != null) {
            told.put(name, value);
        }
    }

    private static @Nullable String text(JsonNode node, String field) {
        return node.path(field).isTextual() ? node.path(field).textValue() : null;
    }
}
