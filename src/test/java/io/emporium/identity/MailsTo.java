package io.emporium.identity;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.restassured.path.json.JsonPath;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.ConfigProvider;

/** What has come to an address, as local mode's mailbox caught it. */
record MailsTo(String address) {
    static final String VERIFY = "Verify your e-mail address";
    static final String RESET = "Reset your password";
    static final String CHANGED = "Your password was changed";

    private static final Pattern TOKEN = Pattern.compile("(?m)^[\\w-]{43}$");

    /** Waits until so many mails of a subject have come; the newest of them. */
    JsonPath newest(String subject, int count) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(of(subject)).hasSize(count));
        return given().get(page() + "/" + of(subject).getFirst().get("id")).jsonPath();
    }

    /** The secret in it. */
    String token(String subject, int count) {
        newest(subject, count);
        return tokens(subject).getFirst();
    }

    /** The secrets of all that have come, the newest first. */
    List<String> tokens(String subject) {
        return of(subject).stream()
                .map(mail -> {
                    String text = given().get(page() + "/" + mail.get("id"))
                            .jsonPath()
                            .getString("text");
                    Matcher token = TOKEN.matcher(text.replace("\r", ""));
                    assertThat(token.find()).isTrue();
                    return token.group();
                })
                .toList();
    }

    List<Map<String, Object>> of(String subject) {
        List<Map<String, Object>> mails =
                given().queryParam("to", address).get(page()).jsonPath().getList("mails");
        return mails.stream()
                .filter(mail -> subject.equals(mail.get("subject")))
                .toList();
    }

    private static String page() {
        return ConfigProvider.getConfig().getValue("EMPORIUM_MAIL_PAGE", String.class);
    }
}
