package io.emporium.notification.twilio;

import io.emporium.web.Production;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Twilio is set as a whole or not at all: with a half of it production does not start. */
@ApplicationScoped
class TwilioSecrets {
    private static final Pattern ACCOUNT = Pattern.compile("AC[0-9a-fA-F]{32}");
    private static final Pattern SENDER = Pattern.compile("\\+[1-9][0-9]{6,14}|MG[0-9a-fA-F]{32}");

    void check(@Observes @Priority(Production.CHECKED_FIRST) StartupEvent start, TwilioSettings settings) {
        List<String> missing = missing(settings);
        if (!missing.isEmpty()) {
            Production.refuse("set " + String.join(" and ", missing) + "; or have no TWILIO_ setting, and no SMS");
        }
    }

    static List<String> missing(TwilioSettings settings) {
        List<String> missing = new ArrayList<>();
        if (settings.accountSid().isEmpty()
                && settings.authToken().isEmpty()
                && settings.phoneNumber().isEmpty()) {
            return missing;
        }
        if (!fits(settings.accountSid(), ACCOUNT)) {
            missing.add("TWILIO_ACCOUNT_SID (AC and 32 hex digits)");
        }
        if (settings.authToken().isEmpty()) {
            missing.add("TWILIO_AUTH_TOKEN (of that account)");
        }
        if (!fits(settings.phoneNumber(), SENDER)) {
            missing.add("TWILIO_PHONE_NUMBER (+ and digits, or a messaging service's MG…)");
        }
        return missing;
    }

    private static boolean fits(Optional<String> setting, Pattern form) {
        return setting.filter(value -> form.matcher(value).matches()).isPresent();
    }
}
