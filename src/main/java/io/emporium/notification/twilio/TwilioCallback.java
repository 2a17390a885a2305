package io.emporium.notification.twilio;

import io.emporium.notification.delivery.Channel;
import io.emporium.notification.delivery.Deliveries;
import io.emporium.notification.delivery.Deliveries.News;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** What Twilio calls back to say of an SMS, told from forgeries by its signature. */
@ApplicationScoped
public class TwilioCallback {
    /** The request header with the signature. */
    public static final String HEADER = "X-Twilio-Signature";

    private static final int MOST_FIELDS = 200;
    private static final Pattern SID = Pattern.compile("(SM|MM)[0-9a-fA-F]{32}");
    private static final Pattern CODE = Pattern.compile("[0-9]{1,9}");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    private final TwilioSettings settings;
    private final Deliveries deliveries;

    TwilioCallback(TwilioSettings settings, Deliveries deliveries) {
        this.settings = settings;
        this.deliveries = deliveries;
    }

    /**
     * Takes a callback. One that is signed but says nothing that could be used is taken too: Twilio would only send it again.
     *
     * @param query of the address that was called, as it came; null where there is none
     * @param body a form, as it came
     * @return false where Twilio has not signed it
     */
    public boolean take(@Nullable String query, String body, @Nullable String signature) {
        Optional<List<Map.Entry<String, String>>> form = parse(body);
        if (form.isEmpty() || signature == null || !isSigned(query, form.get(), signature)) {
            return false;
        }
        hear(query == null ? "" : query, form.get());
        return true;
    }

    private boolean isSigned(@Nullable String query, List<Map.Entry<String, String>> form, String signature) {
        String token = settings.authToken().orElse("");
        String url = settings.callbackUrl().orElse("");
        if (token.isEmpty() || url.isEmpty()) {
            return false;
        }
        // The address as Twilio knows it: behind a proxy ours may read otherwise.
        StringBuilder signed = new StringBuilder(url);
        if (query != null) {
            signed.append('?').append(query);
        }
        form.stream()
                .sorted(Map.Entry.<String, String>comparingByKey().thenComparing(Map.Entry.comparingByValue()))
                .forEach(field -> signed.append(field.getKey()).append(field.getValue()));
        byte[] expected = Base64.getEncoder().encode(hmac(token, signed.toString()));
        return MessageDigest.isEqual(expected, signature.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] hmac(String token, String text) {
        try {
            // Twilio's signatures are HMAC-SHA1, which is sound where SHA-1 alone is not.
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(token.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void hear(String query, List<Map.Entry<String, String>> form) {
        Optional<Long> delivery = parse(query)
                .flatMap(fields -> value(fields, "delivery"))
                .filter(value -> NUMBER.matcher(value).matches())
                .map(Long::valueOf);
        Optional<String> sid =
                value(form, "MessageSid").filter(value -> SID.matcher(value).matches());
        Optional<News> news = value(form, "MessageStatus").flatMap(TwilioCallback::news);
        if (delivery.isPresent() && sid.isPresent() && news.isPresent()) {
            String why = news.get() == News.UNDELIVERED
                    ? "Twilio could not deliver it"
                            + value(form, "ErrorCode")
                                    .filter(value -> CODE.matcher(value).matches())
                                    .map(code -> ", error " + code)
                                    .orElse("")
                    : null;
            deliveries.heard(delivery.get(), Channel.SMS, sid.get(), news.get(), why);
        }
    }

    private static Optional<News> news(String status) {
        return switch (status) {
            case "accepted", "scheduled", "queued", "sending", "sent" -> Optional.of(News.SENT);
            case "delivered", "read" -> Optional.of(News.DELIVERED);
            case "undelivered", "failed", "canceled" -> Optional.of(News.UNDELIVERED);
            default -> Optional.empty();
        };
    }

    private static Optional<String> value(List<Map.Entry<String, String>> fields, String name) {
        return fields.stream()
                .filter(field -> field.getKey().equals(name))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** The fields of a form, in their order; nothing where it is none, or one of more than 200. */
    static Optional<List<Map.Entry<String, String>>> parse(String form) {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        for (String pair : form.split("&", MOST_FIELDS + 1)) {
            if (pair.isEmpty()) {
                continue;
            }
            if (fields.size() == MOST_FIELDS) {
                return Optional.empty();
            }
            int equals = pair.indexOf('=');
            try {
                fields.add(Map.entry(
                        decode(equals < 0 ? pair : pair.substring(0, equals)),
                        decode(equals < 0 ? "" : pair.substring(equals + 1))));
            } catch (IllegalArgumentException notEncoded) {
                return Optional.empty();
            }
        }
        return Optional.of(fields);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
