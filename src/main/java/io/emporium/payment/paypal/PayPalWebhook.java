package io.emporium.payment.paypal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emporium.payment.gateway.Notice;
import io.emporium.shared.Refusal;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells PayPal's webhooks from forgeries by asking PayPal, which no certificate from elsewhere can deceive; and reads the
 * little of them that is needed.
 */
@Singleton
public class PayPalWebhook {
    /** So many are asked about at once: a flood of forgeries shall not be one of calls. */
    private static final int AT_ONCE = 8;

    /** In characters; PayPal's events have a few thousand. */
    private static final int LONGEST = 65_536;

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,100}");
    private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9_.-]{1,100}");
    private static final Pattern ALGORITHM = Pattern.compile("[A-Za-z0-9]{1,100}");
    private static final Pattern SIGNATURE = Pattern.compile("[A-Za-z0-9+/=]{1,1000}");
    private static final Pattern URL = Pattern.compile("https?://[\\x21-\\x7e]{1,490}");

    private final PayPalCalls paypal;
    private final PayPalSettings settings;
    private final ObjectMapper json;
    private final ObjectReader whole;
    private final Clock clock;
    private final Semaphore places = new Semaphore(AT_ONCE);

    PayPalWebhook(PayPalCalls paypal, PayPalSettings settings, ObjectMapper json, Clock clock) {
        this.paypal = paypal;
        this.settings = settings;
        this.json = json;
        // One value and nothing behind it: the text is handed on as a part of a larger one, out of which it must not
        // break.
        this.whole = json.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        this.clock = clock;
    }

    /** PayPal's headers, each null where it is missing. */
    public record Signature(
            @Nullable String algorithm,
            @Nullable String certUrl,
            @Nullable String transmissionId,
            @Nullable String signature,
            @Nullable String time) {
        private boolean isWellFormed() {
            return fits(algorithm, ALGORITHM)
                    && fits(certUrl, URL)
                    && fits(transmissionId, ID)
                    && fits(signature, SIGNATURE)
                    && time != null;
        }

        private static boolean fits(@Nullable String value, Pattern form) {
            return value != null && form.matcher(value).matches();
        }
    }

    /**
     * Reads a webhook's body.
     *
     * @param body as it came, byte for byte
     * @return nothing where it is not signed by PayPal for this webhook, is not from now, or is no event
     * @throws Refusal SERVICE_UNAVAILABLE where PayPal cannot be asked: it sends the event again
     */
    public Optional<Notice> read(String body, Signature signature) {
        String webhookId = settings.webhookId().orElse("");
        if (webhookId.isEmpty()
                || body.length() > LONGEST
                || !signature.isWellFormed()
                || !isFromNow(signature.time())) {
            return Optional.empty();
        }
        try {
            JsonNode event = whole.readTree(body);
            if (event == null || !event.isObject()) {
                return Optional.empty();
            }
            Optional<Notice> notice = notice(event);
            return notice.isPresent() && isSigned(body, signature, webhookId) ? notice : Optional.empty();
        } catch (JsonProcessingException noJson) {
            return Optional.empty();
        }
    }

    private boolean isFromNow(@Nullable String time) {
        try {
            Instant sent = Instant.parse(String.valueOf(time));
            Instant now = clock.instant();
            return !sent.isAfter(now.plus(settings.webhookTolerance()))
                    && !sent.isBefore(now.minus(settings.webhookAge()));
        } catch (DateTimeParseException noTime) {
            return false;
        }
    }

    private boolean isSigned(String body, Signature signature, String webhookId) {
        ObjectNode question = json.createObjectNode()
                .put("auth_algo", signature.algorithm())
                .put("cert_url", signature.certUrl())
                .put("transmission_id", signature.transmissionId())
                .put("transmission_sig", signature.signature())
                .put("transmission_time", signature.time())
                .put("webhook_id", webhookId);
        // The event's own bytes: read and written again they would not be what was signed.
        String fields = question.toString();
        String asked = fields.substring(0, fields.length() - 1) + ",\"webhook_event\":" + body + "}";
        if (!places.tryAcquire()) {
            throw unavailable();
        }
        try {
            PayPalAnswer answer = paypal.verify(asked);
            return answer.isDone()
                    && answer.body().path("verification_status").asText().equals("SUCCESS");
        } catch (Unanswered unanswered) {
            throw unavailable();
        } finally {
            places.release();
        }
    }

    private static Refusal unavailable() {
        return Refusal.notNow("The signature cannot be verified at the moment", SOON);
    }

    private static Optional<Notice> notice(JsonNode event) {
        JsonNode about = event.path("resource");
        String id = event.path("id").asText();
        String type = event.path("event_type").asText();
        String object = event.path("resource_type").asText();
        if (!ID.matcher(id).matches() || !TYPE.matcher(type).matches()) {
            return Optional.empty();
        }
        String objectId = name(object, about).asText();
        boolean isNamed = ID.matcher(objectId).matches() && TYPE.matcher(object).matches();
        return Optional.of(
                new Notice("paypal", id, type, isNamed ? object : "", isNamed ? objectId : "", reference(about)));
    }

    private static JsonNode name(String object, JsonNode about) {
        return switch (object) {
            // Of a capture its order, which is what we know the payment by.
            case "capture" ->
                about.path("supplementary_data").path("related_ids").path("order_id");
            case "dispute" -> about.path("dispute_id");
            default -> about.path("id");
        };
    }

    private static @Nullable String reference(JsonNode about) {
        String ofOrder = about.path("purchase_units").path(0).path("custom_id").asText();
        String reference = about.path("custom_id").asText(ofOrder);
        return ID.matcher(reference).matches() ? reference : null;
    }
}
