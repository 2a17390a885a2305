package io.emporium.local;

import com.sun.net.httpserver.HttpExchange;
import io.emporium.local.provider.Answer;
import io.emporium.local.provider.Given;
import io.emporium.local.provider.Http;
import io.emporium.local.provider.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Twilio's Messages resource, as far as a shop uses it: creates and lists messages, and calls back, signed, that they were sent
 * and delivered. Twilio's magic numbers hold: +15005550001 is invalid, +15005550009 no mobile, +15005550004 has said STOP.
 */
final class FakeTwilio extends FakeServer {
    private static final Map<String, Integer> MAGIC = Map.of(
            "+15005550001", 21211,
            "+15005550009", 21614,
            "+15005550004", 21610);

    private final Phones phones;
    private final String account;
    private final String token;
    private final String callbackUrl;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(3))
            .build();
    private volatile String callbacks = "delivered";

    /** @param callbackUrl where Emporium takes status callbacks */
    FakeTwilio(DataFolder data, Phones phones, String callbackUrl) throws IOException {
        this.phones = phones;
        this.account = "AC" + data.secret("twilio-account") + "00000000";
        this.token = data.secret("twilio");
        this.callbackUrl = callbackUrl;
    }

    @Override
    public String name() {
        return "twilio";
    }

    @Override
    public String title() {
        return "Fake Twilio";
    }

    @Override
    public Map<String, String> settings() {
        return Map.of(
                "TWILIO_API_BASE", base(),
                "TWILIO_ACCOUNT_SID", account,
                "TWILIO_AUTH_TOKEN", token,
                "TWILIO_PHONE_NUMBER", "+15005550006",
                "TWILIO_CALLBACK_URL", callbackUrl);
    }

    /** callbacks: delivered, undelivered, or off. */
    @Override
    Object change(Map<String, Object> settings) {
        Given.onlyKnown(settings, Set.of("callbacks"));
        callbacks = Given.oneOf(settings, "callbacks", callbacks, List.of("delivered", "undelivered", "off"));
        return Map.of("callbacks", callbacks);
    }

    @Override
    Answer error(int status) {
        return refused(status, status == 429 ? 20429 : 20500, "as a switch has it");
    }

    @Override
    Answer answer(HttpExchange exchange, String body) throws Exception {
        String login =
                "Basic " + Base64.getEncoder().encodeToString((account + ":" + token).getBytes(StandardCharsets.UTF_8));
        if (!login.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            return refused(401, 20003, "Authenticate");
        }
        URI uri = exchange.getRequestURI();
        if (!uri.getPath().equals("/2010-04-01/Accounts/" + account + "/Messages.json")) {
            return refused(404, 20404, "The requested resource " + uri.getPath() + " was not found");
        }
        return exchange.getRequestMethod().equals("POST")
                ? create(Http.form(body))
                : list(Http.form(uri.getRawQuery()));
    }

    private Answer create(Map<String, String> form) throws IOException {
        String to = form.getOrDefault("To", "");
        String text = form.getOrDefault("Body", "");
        if (!to.matches("\\+[1-9][0-9]{6,14}")) {
            return refused(400, 21211, "Invalid 'To' Phone Number");
        }
        if (MAGIC.containsKey(to)) {
            return refused(400, MAGIC.get(to), "A magic number");
        }
        if (form.getOrDefault("From", "").isEmpty()) {
            return refused(400, 21603, "A 'From' phone number is required");
        }
        if (text.isEmpty() || text.length() > 1600) {
            return refused(400, text.isEmpty() ? 21602 : 21617, "Message body");
        }
        Map<String, Object> kept = phones.add("sms", to, null, text, Json.object("from", form.get("From")));
        String sid = sid(Json.number(kept, "id", 0));
        String callback = form.get("StatusCallback");
        if (callback != null && !callbacks.equals("off")) {
            String last = callbacks;
            Thread.ofVirtual().start(() -> callBack(callback, sid, to, last));
        }
        return new Answer(201, Json.write(view(kept)));
    }

    private String sid(long id) {
        return "SM%032x".formatted(id);
    }

    private Map<String, Object> view(Map<String, Object> message) {
        return Json.object(
                "sid",
                sid(Json.number(message, "id", 0)),
                "account_sid",
                account,
                "to",
                message.get("to"),
                "from",
                message.get("from"),
                "body",
                message.get("text"),
                "status",
                "queued",
                "date_created",
                DateTimeFormatter.RFC_1123_DATE_TIME.format(
                        Instant.parse(Json.text(message, "date")).atOffset(ZoneOffset.UTC)));
    }

    private Answer list(Map<String, String> query) {
        List<Map<String, Object>> messages = phones.list(query.get("To")).stream()
                .filter(message -> "sms".equals(message.get("channel")))
                .limit(Long.parseLong(query.getOrDefault("PageSize", "50")))
                .map(this::view)
                .toList();
        return Answer.ok(Json.object("messages", messages));
    }

    private static Answer refused(int status, int code, String message) {
        return new Answer(
                status, Json.write(Json.object("code", (long) code, "message", message, "status", (long) status)));
    }

    private void callBack(String url, String sid, String to, String last) {
        for (String status : List.of("sent", last)) {
            TreeMap<String, String> form = new TreeMap<>(
                    Map.of("MessageSid", sid, "SmsSid", sid, "AccountSid", account, "To", to, "MessageStatus", status));
            if (status.equals("undelivered")) {
                form.put("ErrorCode", "30003");
            }
            try {
                HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                        .timeout(Duration.ofSeconds(10))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("X-Twilio-Signature", signature(url, form))
                        .POST(HttpRequest.BodyPublishers.ofString(form.entrySet().stream()
                                .map(field -> field.getKey() + "="
                                        + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                                .collect(Collectors.joining("&"))))
                        .build();
                http.send(request, HttpResponse.BodyHandlers.discarding());
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            } catch (Exception notHeard) {
                // Twilio says it once, too.
            }
        }
    }

    private String signature(String url, TreeMap<String, String> form) throws Exception {
        StringBuilder signed = new StringBuilder(url);
        form.forEach((name, value) -> signed.append(name).append(value));
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(token.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
        return Base64.getEncoder().encodeToString(mac.doFinal(signed.toString().getBytes(StandardCharsets.UTF_8)));
    }
}
