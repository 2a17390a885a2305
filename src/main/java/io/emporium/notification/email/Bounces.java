package io.emporium.notification.email;

import io.emporium.notification.delivery.Channel;
import io.emporium.notification.delivery.Deliveries;
import io.emporium.notification.delivery.Deliveries.News;
import io.emporium.notification.delivery.PlainLine;
import io.emporium.notification.delivery.Suppressions;
import io.emporium.web.Production;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Takes what mail servers report of our mails. What has failed for good is a bounce; where it is the address that is at fault
 * (a hard bounce) the address is suppressed. A full mailbox, a policy or a delay suppress nobody. Whose reader has called a
 * mail of ours spam gets no promotion any more.
 */
@ApplicationScoped
public class Bounces {
    /** When the report was sent, in seconds since 1970. */
    public static final String TIME_HEADER = "X-Emporium-Timestamp";
    /** HMAC-SHA256 in hex of the time stamp, a full stop and the body. */
    public static final String SIGNATURE_HEADER = "X-Emporium-Signature";

    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");
    private static final int SHORTEST_SECRET = 16;

    private final BounceSettings settings;
    private final Deliveries deliveries;
    private final Suppressions suppressions;
    private final Clock clock;

    Bounces(BounceSettings settings, Deliveries deliveries, Suppressions suppressions, Clock clock) {
        this.settings = settings;
        this.deliveries = deliveries;
        this.suppressions = suppressions;
        this.clock = clock;
    }

    void check(@Observes @Priority(Production.CHECKED_FIRST) StartupEvent start) {
        if (settings.secret()
                .filter(secret -> secret.length() < SHORTEST_SECRET)
                .isPresent()) {
            Production.refuse("MAIL_BOUNCE_SECRET is too short: set at least " + SHORTEST_SECRET
                    + " characters, or none and take no bounces");
        }
    }

    /**
     * Takes a report. One that is signed but is no report is passed over: mail servers' hooks send all that comes to them.
     *
     * @return false where it is not signed with our secret, or not from now
     */
    public boolean take(byte[] report, @Nullable String time, @Nullable String signature) {
        if (time == null || signature == null || !isFromNow(time) || !isSigned(report, time, signature)) {
            return false;
        }
        MailReport.read(report)
                .ifPresent(read -> QuarkusTransaction.requiringNew().run(() -> hear(read)));
        return true;
    }

    private boolean isFromNow(String time) {
        if (!SECONDS.matcher(time).matches()) {
            return false;
        }
        Instant sent = Instant.ofEpochSecond(Long.parseLong(time));
        return Duration.between(sent, clock.instant()).abs().compareTo(settings.tolerance()) <= 0;
    }

    private boolean isSigned(byte[] report, String time, String signature) {
        Optional<String> secret = settings.secret();
        if (secret.isEmpty()) {
            return false;
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.get().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update((time + ".").getBytes(StandardCharsets.UTF_8));
            String expected = HexFormat.of().formatHex(mac.doFinal(report));
            return MessageDigest.isEqual(
                    expected.getBytes(StandardCharsets.UTF_8), signature.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void hear(MailReport report) {
        MessageIds.Named mail = report.mail();
        if (mail == null) {
            // Anybody can write to our address that a mail to somebody has come back; only who had the mail has its
            // number.
            return;
        }
        Optional<String> wroteTo = deliveries.recipient(mail.deliveryId(), mail.eventId());
        if (wroteTo.isEmpty()) {
            // None of ours, or of somebody who has left meanwhile: nothing of theirs is written any more.
            return;
        }
        if (report.isComplaint()) {
            // Of whom we wrote to, whomever the report names: providers leave the address out, or write anything there.
            suppressions.add(PlainLine.of(wroteTo.get()), Suppressions.Reason.COMPLAINT, report.feedback());
        }
        for (MailReport.Recipient recipient : report.recipients()) {
            news(recipient)
                    .ifPresent(news -> deliveries.heard(
                            mail.deliveryId(),
                            Channel.EMAIL,
                            null,
                            news,
                            news == News.BOUNCED ? reason(recipient, wroteTo.get()) : null));
            if (recipient.isHard()) {
                // Whom we wrote to: the report may name where that one had it forwarded.
                suppressions.add(
                        PlainLine.of(wroteTo.get()),
                        Suppressions.Reason.HARD_BOUNCE,
                        PlainLine.of(reason(recipient, wroteTo.get())));
            }
        }
    }

    private static String reason(MailReport.Recipient recipient, String wroteTo) {
        return Discreet.of(Discreet.of(recipient.reason(), wroteTo), recipient.address());
    }

    private static Optional<News> news(MailReport.Recipient recipient) {
        if (recipient.hasFailed()) {
            return Optional.of(News.BOUNCED);
        }
        return recipient.action().equals("delivered") ? Optional.of(News.DELIVERED) : Optional.empty();
    }
}
