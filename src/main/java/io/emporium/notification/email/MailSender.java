package io.emporium.notification.email;

import io.emporium.identity.AccountTokens;
import io.emporium.notification.delivery.Channel;
import io.emporium.notification.delivery.Delivery;
import io.emporium.notification.delivery.Sender;
import io.emporium.notification.delivery.Sending;
import io.emporium.notification.receipt.Receipts;
import io.emporium.shared.Refusal;
import io.smallrye.mutiny.TimeoutException;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.mail.MailAttachment;
import io.vertx.ext.mail.MailMessage;
import io.vertx.ext.mail.SMTPException;
import io.vertx.ext.mail.mailencoder.EmailAddress;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Hands mails to the mail server, with what stands in no row: secrets, and receipts. A process that dies between the server's
 * yes and our note of it sends the mail once more, under the same Message-ID.
 */
@ApplicationScoped
class MailSender implements Sender {
    private static final String WITH_RECEIPT = "payment_receipt";
    private static final int CLOSING = 421;
    private static final int PERMANENT = 500;
    /** Replies that are about our login, not about the mail. */
    private static final Set<Integer> NOT_LET_IN = Set.of(454, 530, 534, 535, 538);

    private final Couriers couriers;
    private final MailServer server;
    private final AccountTokens secrets;
    private final Receipts receipts;
    private final String from;
    private final MessageIds ids;

    MailSender(
            Couriers couriers,
            MailServer server,
            AccountTokens secrets,
            Receipts receipts,
            @ConfigProperty(name = "quarkus.mailer.from") String from) {
        this.couriers = couriers;
        this.server = server;
        this.secrets = secrets;
        this.receipts = receipts;
        this.from = from;
        this.ids = new MessageIds(from);
    }

    @Override
    public Channel channel() {
        return Channel.EMAIL;
    }

    /** There always is a mail server, be it one on this machine: mails wait for it. */
    @Override
    public boolean isOn() {
        return true;
    }

    @Override
    public String howToTurnOn() {
        return "set SMTP_HOST";
    }

    @Override
    public Sending send(Delivery delivery) {
        Optional<Delivery> whole = whole(delivery);
        if (whole.isEmpty()) {
            return new Sending.Unwanted();
        }
        Receipts.@Nullable File receipt;
        try {
            receipt = receipt(delivery);
        } catch (Refusal refusal) {
            String why = "no receipt: " + refusal.getMessage();
            return refusal.code() == Refusal.Code.SERVICE_UNAVAILABLE
                    ? new Sending.Busy(why)
                    : new Sending.Unready(why);
        } catch (RuntimeException fault) {
            return new Sending.Unready("no receipt: " + fault.getMessage());
        }
        return send(whole.get(), receipt);
    }

    /** With the secret that only it has; empty if nobody waits for that any more. */
    private Optional<Delivery> whole(Delivery mail) {
        return wantsSecret(mail) ? secrets.issue(mail.eventId()).map(secret -> with(secret, mail)) : Optional.of(mail);
    }

    /** Whether a secret is still to be put in. */
    static boolean wantsSecret(Delivery mail) {
        return mail.text().contains(Letter.SECRET);
    }

    /** As it leaves; nowhere else is the secret written. */
    static Delivery with(String secret, Delivery mail) {
        String html = mail.html();
        return mail.saying(
                mail.text().replace(Letter.SECRET, secret), html == null ? null : html.replace(Letter.SECRET, secret));
    }

    /** Of the order that a mail is about, as it stands now; null where it goes without. */
    private Receipts.@Nullable File receipt(Delivery mail) {
        Long orderId = mail.aboutId();
        return mail.type().equals(WITH_RECEIPT) && orderId != null ? receipts.forMail(orderId) : null;
    }

    private Sending send(Delivery mail, Receipts.@Nullable File receipt) {
        if (!isAddress(mail.recipient()) || !isAddress(from)) {
            // Nobody is asked.
            return new Sending.Unready("no mail can be from, or to, what is no address");
        }
        // Whatever goes wrong with it is no fault of the server's.
        MailMessage message = message(mail, receipt);
        try {
            couriers.carry(message);
            return new Sending.Sent(null);
        } catch (RuntimeException fault) {
            Throwable cause =
                    fault instanceof CompletionException && fault.getCause() != null ? fault.getCause() : fault;
            if (cause instanceof NullPointerException
                    || cause instanceof ClassCastException
                    || cause instanceof IndexOutOfBoundsException) {
                // Whosever bug it is, it is not the server's.
                throw fault;
            }
            String words = words(cause);
            String reason = Discreet.of(words, mail.recipient());
            if (cause instanceof SMTPException reply && isRefusal(reply)) {
                return refusal(reply.getReplyCode(), words, reason);
            }
            if (server.greets()) {
                // It is there, so it was this mail: too slow to be taken, or cut off. The server may have it by now.
                return new Sending.Failed(reason, true, true);
            }
            return new Sending.Away(reason, null);
        }
    }

    private static boolean isAddress(String text) {
        try {
            return !new EmailAddress(text).getEmail().isEmpty();
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    private String words(Throwable cause) {
        if (cause instanceof TimeoutException) {
            // It has no words of its own, and an admin is to read some.
            return "no answer within " + couriers.backWithin().toSeconds() + " s";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private static Sending refusal(int code, String words, String reason) {
        if (EnhancedStatus.isNoSuchMailbox(code, words)) {
            return new Sending.Bounced(reason);
        }
        String kind = code + " " + EnhancedStatus.in(words);
        return code < PERMANENT ? new Sending.Deferred(reason, kind) : new Sending.Refused(reason, kind);
    }

    private static boolean isRefusal(SMTPException reply) {
        return reply.getReplyCode() >= 400
                && reply.getReplyCode() != CLOSING
                && !NOT_LET_IN.contains(reply.getReplyCode());
    }

    private MailMessage message(Delivery mail, Receipts.@Nullable File receipt) {
        String subject = Objects.requireNonNullElse(mail.subject(), "");
        var message = new MailMessage(from, mail.recipient(), EncodedWords.of(subject), mail.text());
        if (mail.html() != null) {
            message.setHtml(mail.html());
        }
        if (receipt != null) {
            message.setAttachment(MailAttachment.create()
                    .setName(receipt.name())
                    .setContentType("application/pdf")
                    .setDisposition("attachment")
                    .setData(Buffer.buffer(receipt.content())));
        }
        // The same for every try of this delivery: a mail sent twice after a crash can be told by it.
        message.addHeader("Message-ID", ids.of(mail.eventId(), mail.id()));
        message.addHeader("Auto-Submitted", "auto-generated");
        if (mail.listUnsubscribe() != null) {
            // RFC 2369 and 8058: mail clients show a button, which posts.
            message.addHeader("List-Unsubscribe", "<" + mail.listUnsubscribe() + ">");
            message.addHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
            message.addHeader("Precedence", "bulk");
        }
        return message;
    }
}
