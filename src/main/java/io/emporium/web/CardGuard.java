package io.emporium.web;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.emporium.shared.CardNumbers;
import io.emporium.shared.Refusal;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps card numbers out of the shop (promise 13): every JSON body under /api/v1 is looked through before anything of it
 * is understood, logged, hashed or stored, in all of its values and names, known and unknown. What looks like a number of
 * a card scheme ({@link CardNumbers#isInText}) is refused.
 *
 * <p>Left out is what holds other long numbers by its nature, of which every tenth would pass for a card's: telephone
 * numbers (their own format is strict), tracking numbers, and everything about products, which only those who keep the catalogue write (SKUs,
 * EANs in names and descriptions). Left out are passwords, which are stored as hashes only: whoever has one with digits must
 * be able to sign in. So are the codes of a sign-in provider, of which nothing is kept. And the providers' webhooks, of which we keep ids, and the bank's statements, of which what people have
 * written is masked where it is kept. Payments look more closely by themselves.
 *
 * <p>Addresses are neither stored nor looked through (a search for an EAN must find it); where they are logged they are
 * masked. Headers that are stored or logged have their own care: {@link Idempotency}, {@link RequestIds}, sessions.
 */
@Provider
@Priority(CardGuard.AFTER_THE_BODY_LIMIT)
class CardGuard implements ReaderInterceptor {
    static final int AFTER_THE_BODY_LIMIT = Priorities.USER + 100;

    private static final Set<String> OTHER_NUMBERS =
            Set.of("phone", "tracking_number", "password", "current_password", "new_password");
    private static final String LOOKED_THROUGH = "/api/v1/";
    private static final List<String> LEFT_OUT = List.of(
            "/api/v1/products", "/api/v1/payments/webhooks/", "/api/v1/auth/oidc/", "/api/v1/users/me/identities");
    private static final String PAYMENTS = "/api/v1/payments";

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,50}");
    private static final int LONGEST_NUMBER = 100;

    private final JsonFactory json = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(50)
                    .maxNumberLength(LONGEST_NUMBER)
                    .build())
            .build();
    private final CurrentVertxRequest door;

    CardGuard(CurrentVertxRequest door) {
        this.door = door;
    }

    @Override
    public Object aroundReadFrom(ReaderInterceptorContext body) throws IOException {
        // As the routes read it: /%61pi/v1 is /api/v1.
        String path = door.getCurrent().normalizedPath();
        if (isJson(body.getMediaType()) && isLookedThrough(path)) {
            byte[] bytes = body.getInputStream().readAllBytes();
            String field = fieldWithACard(bytes);
            if (field != null) {
                throw refusal(path, field);
            }
            body.setInputStream(new ByteArrayInputStream(bytes));
        }
        return body.proceed();
    }

    private static boolean isJson(@Nullable MediaType type) {
        return type != null && type.getSubtype().endsWith("json");
    }

    private static boolean isLookedThrough(String path) {
        return path.startsWith(LOOKED_THROUGH) && LEFT_OUT.stream().noneMatch(path::startsWith);
    }

    /** The name of the first field that has one; "body" where it has no name worth repeating; null if there is none. */
    private @Nullable String fieldWithACard(byte[] bytes) throws IOException {
        try (JsonParser parser = json.createParser(bytes)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                String name = String.valueOf(parser.currentName());
                boolean isCard = switch (token) {
                    case FIELD_NAME -> CardNumbers.isInText(name);
                    case VALUE_STRING -> !OTHER_NUMBERS.contains(name) && isInText(name, parser.getText());
                    case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> CardNumbers.isInText(plain(parser.getText()));
                    default -> false;
                };
                if (isCard) {
                    return token != JsonToken.FIELD_NAME && NAME.matcher(name).matches() ? name : "body";
                }
            }
            return null;
        } catch (JsonProcessingException noJson) {
            // Whoever reads it after us says so.
            return null;
        }
    }

    /** Programs make e-mail addresses of UUIDs, whose groups of digits are no card number: only one in a piece is. */
    private static boolean isInText(String name, String text) {
        return name.equals("email") ? CardNumbers.isInKey(text) : CardNumbers.isInText(text);
    }

    /** 4.2E15 is 4200000000000000; what is larger than any card's number may stay as it is written. */
    private static String plain(String number) {
        if (!number.contains("e") && !number.contains("E")) {
            return number;
        }
        try {
            BigDecimal value = new BigDecimal(number);
            return Math.abs((long) value.scale()) > LONGEST_NUMBER ? number : value.toPlainString();
        } catch (NumberFormatException beyondAllNumbers) {
            return number;
        }
    }

    private static Refusal refusal(String path, String field) {
        String message = "Card numbers are not accepted";
        return path.startsWith(PAYMENTS)
                ? new Refusal(
                        Refusal.Code.INVALID_PAYMENT_DETAILS,
                        message + ": send the payment method or token that the provider made of the card")
                : new Refusal(
                        Refusal.Code.VALIDATION_ERROR,
                        message,
                        Map.of("fields", List.of(Map.of("field", field, "message", "must not contain a card number"))));
    }
}
