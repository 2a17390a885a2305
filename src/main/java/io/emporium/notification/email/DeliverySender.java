package io.emporium.notification.email;

import io.emporium.notification.email.Deliveries.Mail;
import io.emporium.outbox.NotAWorker;
import io.quarkus.logging.Log;
import io.quarkus.mailer.reactive.ReactiveMailer;
import io.quarkus.scheduler.Scheduled;
import io.vertx.ext.mail.SMTPException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Sends the mails that are due, outside any transaction, a few at once. A mail is marked when the server has taken it; a
 * process that dies in between sends it once more, under the same Message-ID.
 *
 * <p>A mail that the server refuses, or does not take in time though it is there, uses up its five tries. A server that is away uses up none: everything waits, and one
 * mail at a time asks whether it is back, after pauses that grow to 30 s.
 */
@ApplicationScoped
class DeliverySender {
    private static final int AT_ONCE = 5;
    private static final int BATCH = 20;
    private static final int FORGET_BATCH = 1_000;
    private static final Duration SENT_WITHIN = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final int CLOSING = 421;
    /** Replies that are about our login, not about the mail. */
    private static final Set<Integer> NOT_LET_IN = Set.of(454, 530, 534, 535, 538);

    private final Deliveries deliveries;
    private final ReactiveMailer mailer;
    private final MailServer server;
    private final String domain;

    // Only the scheduled method touches these, and it runs once at a time.
    private Duration pause = Duration.ZERO;
    private long pausedUntil = System.nanoTime();

    DeliverySender(
            Deliveries deliveries,
            ReactiveMailer mailer,
            MailServer server,
            @ConfigProperty(name = "quarkus.mailer.from") String from) {
        this.deliveries = deliveries;
        this.mailer = mailer;
        this.server = server;
        this.domain = from.replaceAll(".*@([^>\\s]+).*", "$1");
    }

    @Scheduled(
            every = "${emporium.notification.send-every}",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    synchronized void send() {
        boolean asking = !pause.isZero();
        if (asking && System.nanoTime() < pausedUntil) {
            return;
        }
        List<Mail> batch;
        do {
            batch = deliveries.claim(asking ? 1 : BATCH);
            if (batch.isEmpty()) {
                return;
            }
            boolean away = !sendAll(batch);
            if (away) {
                pause = asking ? shorter(pause.multipliedBy(2), LONGEST_PAUSE) : FIRST_PAUSE;
                pausedUntil = System.nanoTime() + pause.toNanos();
                if (!asking) {
                    Log.warn("The mail server is away, mails wait");
                }
                return;
            }
            if (asking) {
                Log.info("The mail server is back");
                asking = false;
                pause = Duration.ZERO;
            }
        } while (true);
    }

    /** @return whether the server was there for all of them */
    private boolean sendAll(List<Mail> batch) {
        var away = new AtomicBoolean();
        try (ExecutorService senders =
                Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
            List<Future<?>> running = batch.stream()
                    .<Future<?>>map(mail -> senders.submit(() -> send(mail, away)))
                    .toList();
            for (Future<?> one : running) {
                one.get();
            }
        } catch (ExecutionException fault) {
            // Its claim ends by itself, and then it is sent again.
            Log.warnf(fault.getCause(), "A mail could not be marked");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        return !away.get();
    }

    private void send(Mail mail, AtomicBoolean away) {
        if (away.get()) {
            deliveries.postponed(mail, FIRST_PAUSE, "the mail server is away");
            return;
        }
        try {
            mailer.send(message(mail)).await().atMost(SENT_WITHIN);
        } catch (RuntimeException fault) {
            Throwable cause =
                    fault instanceof CompletionException && fault.getCause() != null ? fault.getCause() : fault;
            if (isRefusal(cause)) {
                Log.warnf("Mail %d was refused: %s", mail.id(), cause.getMessage());
                deliveries.refused(mail, String.valueOf(cause.getMessage()));
            } else if (server.greets()) {
                // It is there, so it was this mail: too slow to be taken, or cut off. The server may have it by now.
                Log.warnf("Mail %d did not get through: %s", mail.id(), cause.getMessage());
                deliveries.refused(mail, String.valueOf(cause.getMessage()));
            } else {
                away.set(true);
                deliveries.postponed(mail, FIRST_PAUSE, String.valueOf(cause.getMessage()));
            }
            return;
        }
        deliveries.sent(mail);
    }

    private static boolean isRefusal(Throwable fault) {
        if (fault instanceof SMTPException reply) {
            return reply.getReplyCode() >= 400
                    && reply.getReplyCode() != CLOSING
                    && !NOT_LET_IN.contains(reply.getReplyCode());
        }
        // An address that cannot be one. All else is about the connection.
        return fault instanceof IllegalArgumentException;
    }

    private io.quarkus.mailer.Mail message(Mail mail) {
        var message = io.quarkus.mailer.Mail.withText(mail.recipient(), mail.subject(), mail.text());
        if (mail.html() != null) {
            message.setHtml(mail.html());
        }
        // The same for every try of this delivery: a mail sent twice after a crash can be told by it.
        message.addHeader("Message-ID", "<" + mail.eventId() + "." + mail.id() + "@" + domain + ">");
        message.addHeader("Auto-Submitted", "auto-generated");
        return message;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    @Scheduled(
            every = "1h",
            delayed = "2m",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void forget() {
        int forgotten;
        do {
            forgotten = deliveries.forgetSent(FORGET_BATCH);
        } while (forgotten == FORGET_BATCH);
    }
}
