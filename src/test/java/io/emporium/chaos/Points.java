package io.emporium.chaos;

import io.emporium.chaos.Points.Point.Where;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where a process of the chaos suite dies (promises.md, "The suites"), and how one of these points is armed. */
final class Points {
    /** The folder that the processes look into; a file there is a point that is armed. */
    static final Path ARMED = Settings.FOLDER.resolve("armed");

    /** @param method by its name, or with its descriptor where others of that name are not meant */
    record Point(String name, String type, String method, Where where) {
        enum Where {
            ENTRY,
            /** Before it returns; not where it throws. */
            EXIT,
            /** After the status line of Stripe's answer is there: only in stripe-java's client, whose first parameter is the request. */
            ANSWERED
        }
    }

    private static final List<Point> ALL = List.of(
            new Point("after the stock is taken", "io.emporium.inventory.Stock", "reserve", Where.EXIT),
            // The transaction is the interceptor's, around this method.
            new Point("order inserted, before commit", "io.emporium.order.OrderService", "createOrder", Where.EXIT),
            new Point("committed, before the answer", "io.emporium.order.OrderResource", "create", Where.EXIT),
            new Point(
                    "attempt recorded, before Stripe",
                    "io.emporium.payment.stripe.StripeGateway",
                    "charge",
                    Where.ENTRY),
            // The charge is made; nobody has looked at the answer.
            new Point(
                    "charged, before the answer is read",
                    "com.stripe.net.HttpURLConnectionClient",
                    "requestStream",
                    Where.ANSWERED),
            // Settled and committed; the idempotency key has no answer yet.
            new Point("applied, before the answer", "io.emporium.payment.PaymentService", "answer", Where.ENTRY),
            new Point("relay claimed", "io.emporium.outbox.OutboxRelay", "publish", Where.ENTRY),
            // The message is in the socket.
            new Point(
                    "published, before the confirm",
                    "com.rabbitmq.client.impl.ChannelN",
                    "basicPublish(Ljava/lang/String;Ljava/lang/String;ZZLcom/rabbitmq/client/AMQP$BasicProperties;[B)V",
                    Where.EXIT),
            new Point("confirmed, before the mark", "io.emporium.outbox.OutboxRelay", "mark", Where.ENTRY),
            new Point(
                    "consumer committed, before the ack",
                    "io.emporium.notification.NotificationConsumer",
                    "receive",
                    Where.EXIT),
            new Point("mail sent, before the mark", "io.emporium.notification.delivery.InHand", "sent", Where.ENTRY),
            new Point("refund recorded", "io.emporium.payment.stripe.StripeRefunds", "refund", Where.ENTRY),
            new Point("refunded, before the mark", "io.emporium.payment.stripe.StripeRefunds", "refund", Where.EXIT));

    /** Of campaigns, which have a suite of their own: {@link CampaignChaos}. */
    private static final List<Point> OF_CAMPAIGNS = List.of(
            new Point(
                    "audience grown, before commit", "io.emporium.notification.campaign.Audience", "grow", Where.EXIT),
            new Point(
                    "promotions written, before commit",
                    "io.emporium.notification.email.Promotions",
                    "send",
                    Where.EXIT),
            new Point("step made, before commit", "io.emporium.notification.campaign.CampaignWork", "step", Where.EXIT),
            new Point(
                    "promotions claimed, before commit",
                    "io.emporium.notification.delivery.InHand",
                    "claimPromotions",
                    Where.EXIT),
            new Point(
                    "promotion sent, before the mark", "io.emporium.notification.delivery.InHand", "sent", Where.ENTRY),
            new Point(
                    "promotion marked, before commit", "io.emporium.notification.delivery.InHand", "sent", Where.EXIT));

    /** Each step of a message from the outbox to the customer, as it is met by {@link MessagesChaos}. */
    private static final List<Point> OF_MESSAGES = List.of(
            new Point("events claimed, before commit", "io.emporium.outbox.OutboxRelay", "claim", Where.EXIT),
            new Point("events claimed", "io.emporium.outbox.OutboxRelay", "publish", Where.ENTRY),
            // The message is in the socket.
            new Point(
                    "event published, before the confirm",
                    "com.rabbitmq.client.impl.ChannelN",
                    "basicPublish(Ljava/lang/String;Ljava/lang/String;ZZLcom/rabbitmq/client/AMQP$BasicProperties;[B)V",
                    Where.EXIT),
            new Point("event confirmed, before the mark", "io.emporium.outbox.OutboxRelay", "mark", Where.ENTRY),
            new Point("event marked, before commit", "io.emporium.outbox.OutboxRelay", "mark", Where.EXIT),
            new Point("event received, before commit", "io.emporium.outbox.Inbox", "receive", Where.EXIT),
            new Point("event received, before its try", "io.emporium.outbox.Inbox", "attempt", Where.ENTRY),
            new Point(
                    "messages written, before commit",
                    "io.emporium.notification.NotificationConsumer",
                    "on",
                    Where.EXIT),
            new Point(
                    "event taken, before the ack",
                    "io.emporium.notification.NotificationConsumer",
                    "receive",
                    Where.EXIT),
            new Point("a try failed, before the note", "io.emporium.outbox.Inbox", "failed", Where.ENTRY),
            new Point("event audited, before commit", "io.emporium.outbox.OutboxAudit", "auditBatch", Where.EXIT),
            new Point(
                    "messages claimed, before commit", "io.emporium.notification.delivery.InHand", "claim", Where.EXIT),
            new Point("messages claimed", "io.emporium.notification.delivery.Line", "sendAll", Where.ENTRY),
            new Point(
                    "mail made, before the server", "io.emporium.notification.email.MailSender", "message", Where.EXIT),
            new Point(
                    "mail handed over, before the mark",
                    "io.emporium.notification.email.MailSender",
                    "send(Lio/emporium/notification/delivery/Delivery;)Lio/emporium/notification/delivery/Sending;",
                    Where.EXIT),
            new Point("message marked, before commit", "io.emporium.notification.delivery.InHand", "sent", Where.EXIT),
            new Point(
                    "mail postponed, before commit",
                    "io.emporium.notification.delivery.InHand",
                    "postponed",
                    Where.EXIT),
            new Point(
                    "failed mail noted, before commit",
                    "io.emporium.notification.delivery.InHand",
                    "failed",
                    Where.EXIT),
            new Point(
                    "SMS handed over, before the mark",
                    "io.emporium.notification.twilio.TwilioSender",
                    "send",
                    Where.EXIT),
            new Point(
                    "push handed over, before the mark",
                    "io.emporium.notification.fcm.FcmSender",
                    "send(Lio/emporium/notification/delivery/Delivery;)Lio/emporium/notification/delivery/Sending;",
                    Where.EXIT));

    private Points() {}

    static List<Point> all() {
        return Stream.of(ALL, OF_CAMPAIGNS, OF_MESSAGES).flatMap(List::stream).toList();
    }

    static List<String> ofMessages() {
        return OF_MESSAGES.stream().map(Point::name).toList();
    }

    static List<String> ofCampaigns() {
        return OF_CAMPAIGNS.stream().map(Point::name).toList();
    }

    /** The names of all of them, or those with the word of {@code -Dchaos.points}. */
    static List<String> names() {
        return ALL.stream()
                .map(Point::name)
                .filter(name -> name.contains(Settings.POINTS))
                .toList();
    }

    /** From now on the first process that comes by there dies. */
    static void arm(String point) throws IOException {
        Files.createFile(ARMED.resolve(point));
    }

    /** @return whether nobody has come by */
    static boolean disarm(String point) throws IOException {
        return Files.deleteIfExists(ARMED.resolve(point));
    }
}
