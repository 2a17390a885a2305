package io.emporium.notification.twilio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.notification.delivery.Channel;
import io.emporium.notification.delivery.Deliveries;
import io.emporium.notification.delivery.Delivery;
import io.emporium.notification.delivery.RetryAfter;
import io.emporium.notification.delivery.Sender;
import io.emporium.notification.delivery.Sending;
import io.emporium.shared.HttpCalls;
import io.emporium.web.ForeignJson;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Hands SMS to Twilio (REST API 2010-04-01). Twilio knows no idempotency key: one of which nobody knows whether it was sent,
 * after a time-out or a crash, is looked for among the account's messages before it is sent again.
 */
@Singleton
class TwilioSender implements Sender {
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int TOO_MANY = 429;
    private static final int UNAVAILABLE = 503;

    /** Twilio's error codes from 21000 to 21999 are about what was asked for, whatever the status. */
    private static final int OF_A_MESSAGE = 21;
    /** Those about the number for good: none, not a mobile, unreachable, or its owner has answered STOP. */
    private static final Set<Integer> NEVER = Set.of(21211, 21214, 21217, 21265, 21610, 21612, 21614, 21635);

    /** Its clock and ours may differ. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    private final TwilioSettings settings;
    private final ObjectMapper json;
    private final Deliveries deliveries;
    private final HttpCalls calls;
    private final boolean isOn;

    TwilioSender(TwilioSettings settings, ObjectMapper json, Deliveries deliveries) {
        this.deliveries = deliveries;
        this.settings = settings;
        this.json = json;
        this.calls = new HttpCalls(settings.connectTimeout(), settings.readTimeout());
        this.isOn = settings.accountSid().isPresent()
                && TwilioSecrets.missing(settings).isEmpty();
    }

    @Override
    public Channel channel() {
        return Channel.SMS;
    }

    @Override
    public boolean isOn() {
        return isOn;
    }

    @Override
    public String howToTurnOn() {
        return "set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER";
    }

    @Override
    public Sending send(Delivery sms) {
        try {
            Instant unsureSince = sms.unsureSince();
            if (unsureSince != null) {
                HttpResponse<String> list =
                        calls.send(request(earlier(sms)).GET().build());
                if (list.statusCode() != 200) {
                    return notDone(list, false);
                }
                Optional<String> found = find(list.body(), sms, unsureSince);
                if (found.isPresent()) {
                    return new Sending.Sent(found.get());
                }
            }
            HttpResponse<String> answer = calls.send(request("")
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(HttpCalls.form(fields(sms))))
                    .build());
            String sid = ForeignJson.read(json, answer.body()).path("sid").asText();
            if (answer.statusCode() / 100 == 2) {
                return sid.isEmpty()
                        ? new Sending.Failed("Twilio's answer is not readable", true, true)
                        : new Sending.Sent(sid);
            }
            return notDone(answer, true);
        } catch (HttpCalls.NoAnswer lost) {
            return Sending.of(lost);
        }
    }

    private Map<String, String> fields(Delivery sms) {
        String from = settings.phoneNumber().orElse("");
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("To", sms.recipient());
        fields.put(from.startsWith("MG") ? "MessagingServiceSid" : "From", from);
        fields.put("Body", sms.text());
        // With our own number of it: Twilio may call back before it has answered.
        settings.callbackUrl().ifPresent(url -> fields.put("StatusCallback", url + "?delivery=" + sms.id()));
        return fields;
    }

    /** Where what was sent to a number is listed, newest first; not by the day of sending, which what is queued has not yet. */
    private static String earlier(Delivery sms) {
        return "?PageSize=50&" + HttpCalls.form(Map.of("To", sms.recipient()));
    }

    private Optional<String> find(String list, Delivery sms, Instant since) {
        List<String> alike = new ArrayList<>();
        for (JsonNode message : ForeignJson.read(json, list).path("messages")) {
            if (message.path("to").asText().equals(sms.recipient())
                    && message.path("body").asText().equals(sms.text())
                    && isSince(message.path("date_created").asText(), since)) {
                alike.add(message.path("sid").asText());
            }
        }
        // Another SMS may say the same to the same number: what is known to be that one is not this one.
        alike.removeAll(deliveries.known(Channel.SMS, alike));
        return alike.stream().findFirst();
    }

    private static boolean isSince(String rfc2822, Instant since) {
        try {
            Instant made = DateTimeFormatter.RFC_1123_DATE_TIME.parse(rfc2822, Instant::from);
            return !made.isBefore(since.minus(SKEW));
        } catch (DateTimeException unreadable) {
            return false;
        }
    }

    private HttpRequest.Builder request(String query) {
        String account = settings.accountSid().orElse("");
        String login = account + ":" + settings.authToken().orElse("");
        return calls.request(settings.apiBase(), "/2010-04-01/Accounts/" + account + "/Messages.json" + query)
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
    }

    /** @param isOurs whether it is about this SMS; else we had only asked about it */
    private Sending notDone(HttpResponse<String> answer, boolean isOurs) {
        int status = answer.statusCode();
        int code = ForeignJson.read(json, answer.body()).path("code").asInt();
        String reason = "Twilio answered " + status + (code == 0 ? "" : ", error " + code);
        if (isOurs && status != TOO_MANY && code / 1_000 == OF_A_MESSAGE) {
            return NEVER.contains(code) ? new Sending.Undeliverable(reason) : new Sending.Refused(reason);
        }
        return switch (status) {
            case UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_MANY, UNAVAILABLE ->
                new Sending.Away(reason, RetryAfter.of(answer));
            default ->
                status / 100 == 5 || !isOurs ? new Sending.Failed(reason, true, true) : new Sending.Refused(reason);
        };
    }

    @PreDestroy
    void close() {
        calls.close();
    }
}
