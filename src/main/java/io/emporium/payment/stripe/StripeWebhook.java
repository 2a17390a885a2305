package io.emporium.payment.stripe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.stripe.exception.SignatureVerificationException;
import com.stripe.net.Webhook;
import io.emporium.payment.gateway.Notice;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells Stripe's webhooks from forgeries, and reads the little of them that is needed. */
@ApplicationScoped
public class StripeWebhook {
    /** The request header with time stamp and signatures. */
    public static final String HEADER = "Stripe-Signature";

    private static final String PROVIDER = "stripe";
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_]{1,255}");
    private static final Pattern TYPE = Pattern.compile("[a-z0-9_.]{1,100}");
    private static final Pattern SECONDS = Pattern.compile("t=(\\d{1,12})");

    private final StripeSettings settings;
    private final ObjectMapper json;
    private final Clock clock;

    StripeWebhook(StripeSettings settings, ObjectMapper json, Clock clock) {
        this.settings = settings;
        this.json = json;
        this.clock = clock;
    }

    /**
     * Reads a webhook's body.
     *
     * @param body as it came, byte for byte
     * @param signature the header's value; null where there is none
     * @return nothing where it is not signed by Stripe, is not from now, or is no event
     */
    public Optional<Notice> read(String body, @Nullable String signature) {
        String secret = settings.webhookSecret().orElse("");
        if (signature == null || secret.isEmpty() || !isFromNow(signature) || !isSigned(body, signature, secret)) {
            return Optional.empty();
        }
        try {
            return notice(json.readTree(body));
        } catch (JsonProcessingException noJson) {
            return Optional.empty();
        }
    }

    private static boolean isSigned(String body, String signature, String secret) {
        try {
            // Tolerance 0 means "do not look at the time": stripe-java would let the future pass.
            return Webhook.Signature.verifyHeader(body, signature, secret, 0);
        } catch (SignatureVerificationException | RuntimeException forgedOrMalformed) {
            // It throws unchecked on a header it cannot take apart.
            return false;
        }
    }

    private boolean isFromNow(String signature) {
        // Exactly one: of several stripe-java would take the first, and of odd ones its own reading.
        List<String> times = Arrays.stream(signature.split(",", -1))
                .map(String::strip)
                .filter(item -> item.startsWith("t=") || item.equals("t"))
                .toList();
        return times.size() == 1 && isFromNow(SECONDS.matcher(times.getFirst()));
    }

    private boolean isFromNow(Matcher time) {
        if (!time.matches()) {
            return false;
        }
        Instant sent = Instant.ofEpochSecond(Long.parseLong(time.group(1)));
        return Duration.between(sent, clock.instant()).abs().compareTo(settings.webhookTolerance()) <= 0;
    }

    private static Optional<Notice> notice(JsonNode event) {
        JsonNode about = event.path("data").path("object");
        String id = event.path("id").asText();
        String type = event.path("type").asText();
        String object = about.path("object").asText();
        String objectId = about.path("id").asText();
        if (!ID.matcher(id).matches() || !TYPE.matcher(type).matches()) {
            return Optional.empty();
        }
        // An event about something without an id (balance, say) is still an event, and passed over later.
        boolean named = ID.matcher(objectId).matches() && TYPE.matcher(object).matches();
        return Optional.of(
                new Notice(PROVIDER, id, type, named ? object : "", named ? objectId : "", reference(about)));
    }

    private static @Nullable String reference(JsonNode about) {
        JsonNode metadata = about.path("metadata");
        String reference = metadata.path(StripeRefunds.REFERENCE)
                .asText(metadata.path(StripeGateway.REFERENCE).asText());
        return ID.matcher(reference).matches() ? reference : null;
    }
}
