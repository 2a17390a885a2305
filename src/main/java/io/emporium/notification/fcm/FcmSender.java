package io.emporium.notification.fcm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.identity.Devices;
import io.emporium.notification.delivery.Channel;
import io.emporium.notification.delivery.Delivery;
import io.emporium.notification.delivery.RetryAfter;
import io.emporium.notification.delivery.Sender;
import io.emporium.notification.delivery.Sending;
import io.emporium.shared.HttpCalls;
import io.emporium.web.ForeignJson;
import io.emporium.web.Production;
import io.quarkus.logging.Log;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Hands push messages to Firebase Cloud Messaging (HTTP v1). FCM knows no idempotency key: one sent twice, after a time-out or
 * a crash, takes the first one's place on the device. So a call may take longer than another sender's: 44 s, where Google has
 * called the access token back and each of four answers comes at the last moment.
 *
 * <p>A token that FCM says is dead is taken off its customer's devices, and the message is undeliverable. A 400, or the device
 * of another project, is this message's fault (refused). A kind of device that FCM itself may not reach, because the app's key at
 * Apple is missing or over, stops no other kind (barred). That there is no access token or that it is not taken, another 403,
 * a project that is not found, 429, 503 and a connection that was not made are no message's fault (away). An answer that is
 * lost or not readable, and any other 5xx, leave it unsure (failed).
 */
@Singleton
class FcmSender implements Sender {
    private static final int UNAUTHORIZED = 401;
    /** A 401 too, and not ours: what Apple or a browser's push service is to let FCM in with is missing or over. */
    private static final String OTHERS_KEY = "THIRD_PARTY_AUTH_ERROR";

    private final FcmSettings settings;
    private final ObjectMapper json;
    private final Devices devices;
    private final HttpCalls calls;
    private final @Nullable ServiceAccount account;
    private final @Nullable FcmToken token;
    private final @Nullable String fault;

    FcmSender(FcmSettings settings, ObjectMapper json, Devices devices, Clock clock) {
        this.settings = settings;
        this.json = json;
        this.devices = devices;
        this.calls = new HttpCalls(settings.connectTimeout(), settings.readTimeout());
        ServiceAccount read = null;
        String why = null;
        try {
            if (settings.serviceAccount().isPresent()) {
                read = ServiceAccount.read(settings.serviceAccount().get(), json);
            }
        } catch (ServiceAccount.Unreadable unreadable) {
            why = unreadable.getMessage();
        }
        this.account = read;
        this.fault = why;
        this.token = read == null ? null : new FcmToken(read, calls, json, clock);
    }

    void check(@Observes @Priority(Production.CHECKED_FIRST) StartupEvent start) {
        if (fault != null) {
            Production.refuse("FIREBASE_SERVICE_ACCOUNT is no service account: " + fault
                    + "; or do not set it, and have no push messages");
        }
    }

    @Override
    public Channel channel() {
        return Channel.PUSH;
    }

    @Override
    public boolean isOn() {
        return token != null;
    }

    @Override
    public String howToTurnOn() {
        return "set FIREBASE_SERVICE_ACCOUNT" + (fault == null ? "" : " right: " + fault);
    }

    @Override
    public Sending send(Delivery push) {
        if (account == null || token == null) {
            return new Sending.Away("there is no service account", null);
        }
        try {
            String bearer = token.get();
            HttpResponse<String> answer = send(push, account, bearer);
            if (answer.statusCode() == UNAUTHORIZED && !code(answer).equals(OTHERS_KEY)) {
                // Called back before its time: a new one is taken, once.
                token.drop(bearer);
                answer = send(push, account, token.get());
            }
            return outcome(push, answer);
        } catch (FcmToken.None none) {
            return none.away();
        } catch (HttpCalls.NoAnswer lost) {
            return Sending.of(lost);
        }
    }

    private HttpResponse<String> send(Delivery push, ServiceAccount from, String bearer) throws HttpCalls.NoAnswer {
        return calls.send(calls.request(settings.apiBase(), "/v1/projects/" + from.projectId() + "/messages:send")
                .header("Authorization", "Bearer " + bearer)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(written(push)))
                .build());
    }

    private String written(Delivery push) {
        Map<String, String> data = new HashMap<>();
        data.put("type", push.type());
        if (push.aboutType() != null && push.aboutId() != null) {
            data.put(push.aboutType() + "_id", push.aboutId().toString());
        }
        // The same for every try of this delivery: on the device the second takes the first one's place.
        String once = "delivery-" + push.id();
        Map<String, Object> message = Map.of(
                "token",
                push.recipient(),
                "notification",
                Map.of("title", Optional.ofNullable(push.subject()).orElse(""), "body", push.text()),
                "data",
                data,
                "android",
                Map.of("collapse_key", once, "notification", Map.of("tag", once)),
                "apns",
                Map.of("headers", Map.of("apns-collapse-id", once)));
        try {
            return json.writeValueAsString(Map.of("message", message));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private Sending outcome(Delivery push, HttpResponse<String> answer) {
        JsonNode body = ForeignJson.read(json, answer.body());
        int status = answer.statusCode();
        if (status == 200) {
            String name = body.path("name").asText();
            return name.isEmpty()
                    ? new Sending.Failed("FCM's answer is not readable", true, true)
                    : new Sending.Sent(name);
        }
        JsonNode error = body.path("error");
        String code = code(error);
        String reason = "FCM answered " + status + (code.isEmpty() ? "" : " " + code);
        if (isDead(status, code, error)) {
            devices.forget(push.recipient());
            Log.infof("A device of user %d is gone, FCM says %s", push.userId(), code);
            return new Sending.Undeliverable(reason);
        }
        if (code.equals(OTHERS_KEY)) {
            return new Sending.Barred(reason);
        }
        return switch (status) {
            case 400 -> new Sending.Refused(reason);
            case 403 ->
                // Of another project's app; were the service account the wrong one, all of them would be.
                code.equals("SENDER_ID_MISMATCH")
                        ? new Sending.Refused(reason)
                        : new Sending.Away(reason, RetryAfter.of(answer));
            case 401, 404, 429, 503 -> new Sending.Away(reason, RetryAfter.of(answer));
            default -> status / 100 == 5 ? new Sending.Failed(reason, true, true) : new Sending.Refused(reason);
        };
    }

    private String code(HttpResponse<String> answer) {
        return code(ForeignJson.read(json, answer.body()).path("error"));
    }

    /** FCM's own code of what is wrong, or the general one. */
    private static String code(JsonNode error) {
        for (JsonNode detail : error.path("details")) {
            if (detail.path("@type").asText().endsWith("FcmError")) {
                return detail.path("errorCode").asText();
            }
        }
        return error.path("status").asText();
    }

    /** The app is no longer there, or the token never was one. A 404 that FCM did not write says nothing of a device. */
    private static boolean isDead(int status, String code, JsonNode error) {
        if (status == 404) {
            return code.equals("UNREGISTERED");
        }
        return status == 400 && code.equals("INVALID_ARGUMENT") && isAboutTheToken(error);
    }

    private static boolean isAboutTheToken(JsonNode error) {
        for (JsonNode detail : error.path("details")) {
            for (JsonNode violation : detail.path("fieldViolations")) {
                if (violation.path("field").asText().equals("message.token")) {
                    return true;
                }
            }
        }
        return error.path("message").asText().contains("registration token");
    }

    @PreDestroy
    void close() {
        calls.close();
    }
}
