package io.emporium.notification.email;

import io.quarkus.mailer.SentMail;
import io.quarkus.mailer.runtime.MailerSupport;
import io.quarkus.mailer.runtime.Mailers;
import io.quarkus.mailer.runtime.MailersRuntimeConfig;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.impl.VertxWrapper;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.ext.mail.MailMessage;
import io.vertx.ext.mail.SMTPException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Those who carry mails to the mail server, one mail at a time and each over a connection of their own, which they keep. One
 * who is not back in time is given up, and the connection with them: Quarkus' mailer stops waiting and leaves the sending to
 * go on, so that a mail may arrive that was long given up, and who hangs keeps a place in its pool for good. As it is set
 * with {@code quarkus.mailer.*}: TLS, trust and login are as for any mailer. What they carry is a mail of Vert.x': one of Quarkus'
 * leaves with an empty Cc.
 */
@Singleton
class Couriers {
    private static final Duration BACK_WITHIN = Duration.ofSeconds(10);
    private static final int CONNECTED_WITHIN_MILLIS = 3_000;
    /** Which mailers there are. Quarkus has none of its own, for nothing injects one. */
    private static final MailerSupport THE_DEFAULT = new MailerSupport(true, Set.of());

    private final Vertx vertx;
    private final io.vertx.mutiny.core.Vertx mutinyVertx;
    private final MailersRuntimeConfig settings;
    private final TlsConfigurationRegistry tls;
    private final Event<SentMail> sent;
    private final Duration backWithin;
    private final Queue<Courier> here = new ConcurrentLinkedQueue<>();

    @Inject
    Couriers(
            Vertx vertx,
            io.vertx.mutiny.core.Vertx mutinyVertx,
            MailersRuntimeConfig settings,
            TlsConfigurationRegistry tls,
            Event<SentMail> sent) {
        this(vertx, mutinyVertx, settings, tls, sent, BACK_WITHIN);
    }

    Couriers(
            Vertx vertx,
            io.vertx.mutiny.core.Vertx mutinyVertx,
            MailersRuntimeConfig settings,
            TlsConfigurationRegistry tls,
            Event<SentMail> sent,
            Duration backWithin) {
        this.vertx = vertx;
        this.mutinyVertx = mutinyVertx;
        this.settings = settings;
        this.tls = tls;
        this.sent = sent;
        this.backWithin = backWithin;
    }

    /** How long a mail may take, from the connection to the server's yes. */
    Duration backWithin() {
        return backWithin;
    }

    /**
     * Comes back when the server has taken the mail.
     *
     * @throws RuntimeException as the mailer throws it; a {@link io.smallrye.mutiny.TimeoutException} after {@link #backWithin}
     */
    void carry(MailMessage mail) {
        Courier waiting = here.poll();
        Courier courier = waiting == null ? new Courier() : waiting;
        boolean isUsable = false;
        try {
            Uni.createFrom()
                    .completionStage(() -> courier.mailers
                            .mailClientFromName(Mailers.DEFAULT_MAILER_NAME)
                            .sendMail(mail)
                            .toCompletionStage())
                    .runSubscriptionOn(courier::onTheWay)
                    .await()
                    .atMost(backWithin);
            isUsable = true;
        } catch (CompletionException fault) {
            // The server has said no, and is there for the next mail.
            isUsable = fault.getCause() instanceof SMTPException;
            throw fault;
        } finally {
            if (isUsable) {
                here.add(courier);
            } else {
                courier.giveUp();
            }
        }
    }

    @PreDestroy
    void close() {
        List<Courier> all = new ArrayList<>(here);
        here.clear();
        all.forEach(courier -> courier.mailers.stop());
    }

    /** A mailer, and what it is connected through. */
    private final class Courier {
        /**
         * One event loop for all that one does. Asked from elsewhere, vertx-mail-client 4.5 now and then says nothing, ever: a
         * greeting is lost that comes before somebody listens, and who asks its pool for a connection while the last one ends
         * is told nothing (SMTPConnectionPool takes no notice of a disposed Endpoint's no).
         */
        private final Context way = ((VertxInternal) vertx).createEventLoopContext();

        private final List<NetClient> lines = new CopyOnWriteArrayList<>();
        private final Mailers mailers = new Mailers(
                new Patient((VertxInternal) vertx),
                mutinyVertx,
                settings,
                LaunchMode.current(),
                THE_DEFAULT,
                tls,
                sent);

        private void onTheWay(Runnable step) {
            way.runOnContext(_ -> step.run());
        }

        /** Cuts it off in the middle of whatever it is saying. */
        void giveUp() {
            lines.forEach(NetClient::close);
            mailers.stop();
        }

        /** Vert.x as it is, but that no connection waits for ever. There is no setting of the mailer for it. */
        private final class Patient extends VertxWrapper {
            Patient(VertxInternal vertx) {
                super(vertx);
            }

            @Override
            public NetClient createNetClient(NetClientOptions options) {
                NetClient line = super.createNetClient(new NetClientOptions(options)
                        .setConnectTimeout(CONNECTED_WITHIN_MILLIS)
                        .setIdleTimeout((int) BACK_WITHIN.toSeconds())
                        .setIdleTimeoutUnit(TimeUnit.SECONDS));
                lines.add(line);
                return line;
            }
        }
    }
}
