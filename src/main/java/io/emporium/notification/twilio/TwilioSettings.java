package io.emporium.notification.twilio;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** How Twilio is reached. Without account, token and number no SMS are sent; half of the three stops the start. */
@ConfigMapping(prefix = "emporium.twilio")
public interface TwilioSettings {
    /** TWILIO_ACCOUNT_SID: {@code AC} and 32 hex digits. */
    Optional<String> accountSid();

    /** TWILIO_AUTH_TOKEN of that account; it also signs what Twilio calls back to say. */
    Optional<String> authToken();

    /** TWILIO_PHONE_NUMBER: what SMS come from, in E.164; or a messaging service, {@code MG} and 32 hex digits. */
    Optional<String> phoneNumber();

    /** TWILIO_API_BASE: Twilio itself, or the stand-in of local mode. */
    @WithDefault("https://api.twilio.com")
    URI apiBase();

    /**
     * TWILIO_CALLBACK_URL: where Twilio finds /api/v1/notifications/webhooks/twilio, as an https address; it is what the
     * signatures are made for. Without it an SMS stays "sent", and nobody hears whether it has arrived.
     */
    Optional<String> callbackUrl();

    @WithDefault("3s")
    Duration connectTimeout();

    /** After it nobody knows whether the SMS is sent; it is looked for before it is sent again. */
    @WithDefault("8s")
    Duration readTimeout();

    /** Into how many an SMS may be cut on its way: each is paid for. What is longer is cut short. */
    @WithDefault("3")
    int segments();
}
