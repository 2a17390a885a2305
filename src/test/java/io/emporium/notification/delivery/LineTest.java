package io.emporium.notification.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.Shopper;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose fault it is that a message does not leave, and what that costs it. Here it is tomorrow: the shop's own line finds none of these. */
@QuarkusTest
class LineTest {
    private static final Clock TOMORROW = Clock.offset(Clock.systemUTC(), Duration.ofDays(1));
    private static Shopper ada;

    @Inject
    InHand own;

    @Inject
    Suppressions suppressions;

    @Inject
    Permission permission;

    @Inject
    EntityManager database;

    private final List<Long> all = new ArrayList<>();
    private final Deque<List<Delivery>> due = new ArrayDeque<>();
    private final AtomicBoolean closes = new AtomicBoolean();
    private InHand inHand;

    @BeforeEach
    void open() {
        if (ada == null) {
            ada = Shopper.registered();
        }
        inHand = tomorrows();
    }

    @AfterEach
    void clearAway() {
        sql("DROP TRIGGER IF EXISTS test_away ON deliveries");
        all.forEach(delivery -> sql("DELETE FROM deliveries WHERE delivery_id = " + delivery));
    }

    @Test
    void who_is_told_not_yet_waits_ever_longer_and_uses_up_no_try_for_some_hours() {
        Line line = line(delivery -> new Sending.Deferred("451 greylisted", "451"));
        Delivery fresh = mail("0 minutes");
        Delivery hour = mail("1 hour");
        Delivery old = mail("5 hours");
        due.add(List.of(fresh, hour, old));

        line.send();

        assertThat(attempts(fresh)).isZero();
        assertThat(waits(fresh)).isBetween(20L, 60L);
        assertThat(attempts(hour)).isZero();
        assertThat(waits(hour)).isBetween(1_700L, 1_810L);
        assertThat(attempts(old)).isEqualTo(1);
        assertThat(waits(old)).isBetween(1_700L, 1_810L);
        sql("UPDATE deliveries SET attempts = 4 WHERE delivery_id = " + old.id());
        due.add(List.of(old));
        line.send();
        assertThat(state(old)).isEqualTo("parked");
    }

    @Test
    void many_that_are_refused_alike_are_refused_for_what_we_are() {
        List<Delivery> mails = mails(12);
        AtomicInteger asked = new AtomicInteger();
        Line line = line(delivery -> {
            asked.incrementAndGet();
            return new Sending.Refused("550 5.7.1 we know you, " + delivery.id(), "550 5.7.1");
        });
        due.add(mails);

        line.send();

        assertThat(mails.stream().mapToLong(this::attempts).sum()).isLessThanOrEqualTo(4);
        assertThat(mails).extracting(this::state).containsOnly("pending");
        // It waits now, and then asks with one.
        due.add(mails.subList(0, 1));
        int before = asked.get();
        line.send();
        assertThat(asked.get()).isEqualTo(before);
    }

    @Test
    void a_few_that_are_refused_alike_are_refused_for_what_they_are() {
        List<Delivery> mails = mails(4);
        Line line = line(delivery -> new Sending.Refused("550 no", "550"));
        due.add(mails);
        line.send();
        assertThat(mails).extracting(this::attempts).containsOnly(1L);
    }

    @Test
    void one_that_can_never_be_sent_does_not_ask_for_ever() throws InterruptedException {
        Delivery poison = mails(1).getFirst();
        List<Boolean> asking = new ArrayList<>();
        Line line = new Line(
                sender(delivery -> new Sending.Failed("500", true, true)),
                inHand,
                permission,
                (most, isAsking) -> {
                    asking.add(isAsking);
                    return state(poison).equals("pending") ? List.of(poison) : List.of();
                },
                closes::get);
        for (int i = 0; i < 150 && state(poison).equals("pending"); i++) {
            line.send();
            Thread.sleep(100);
        }
        assertThat(state(poison)).isEqualTo("parked");
        assertThat(attempts(poison)).isEqualTo(5);
        // Those who have failed least go first then.
        assertThat(asking).contains(true);
    }

    @Test
    void nobody_who_is_not_answered_uses_up_a_try_while_the_provider_is_away() throws InterruptedException {
        Delivery mail = mails(1).getFirst();
        Line line = new Line(
                sender(delivery -> new Sending.Failed("no answer", true, false)),
                inHand,
                permission,
                (most, isAsking) -> List.of(mail),
                closes::get);
        for (int i = 0; i < 40; i++) {
            line.send();
            Thread.sleep(100);
        }
        assertThat(attempts(mail)).isEqualTo(2);
    }

    @Test
    void a_fault_of_our_own_says_nothing_of_the_provider() {
        List<Delivery> ours = mails(4);
        Delivery good = mails(1).getFirst();
        Line line = line(delivery -> {
            if (delivery.id() == good.id()) {
                return new Sending.Sent(null);
            }
            throw new IllegalStateException("a bug");
        });
        due.add(ours);
        due.add(List.of(good));

        line.send();

        assertThat(state(good)).isEqualTo("sent");
        assertThat(ours).extracting(this::attempts).containsOnly(1L);
    }

    /** A claim that nobody ends would have it again every minute, and no campaign would come to its end. */
    @Test
    void a_fault_that_is_no_exception_and_one_of_the_permission_use_up_a_try_too() {
        List<Delivery> mails = mails(3);
        Line line = line(delivery -> {
            throw delivery.id() == mails.getFirst().id()
                    ? new StackOverflowError()
                    : new NoClassDefFoundError("Receipt");
        });
        due.add(mails.subList(0, 2));
        line.send();
        assertThat(mails.subList(0, 2)).extracting(this::attempts).containsOnly(1L);

        var faulty = new Permission(null, null, null) {
            @Override
            Optional<String> against(Delivery delivery) {
                throw new IllegalStateException("a bug");
            }
        };
        due.add(mails.subList(2, 3));
        new Line(
                        sender(delivery -> new Sending.Sent(null)),
                        inHand,
                        faulty,
                        (most, isAsking) -> due.isEmpty() ? List.of() : due.remove(),
                        closes::get)
                .send();
        assertThat(attempts(mails.getLast())).isEqualTo(1);
        assertThat(state(mails.getLast())).isEqualTo("pending");
    }

    /** Else it would not be looked for at the provider before it is sent again. */
    @Test
    void a_refusal_does_not_make_an_earlier_try_sure() {
        for (Sending refusal : List.of(
                new Sending.Refused("400 no", "400"),
                new Sending.Barred("403 no"),
                new Sending.Deferred("429 later", "429"))) {
            Delivery mail = mail("0 minutes");
            sql("UPDATE deliveries SET claimed_at = now() WHERE delivery_id = " + mail.id());
            due.add(List.of(unsure(mail)));
            line(delivery -> refusal).send();
            assertThat(one("SELECT claimed_at IS NOT NULL FROM deliveries WHERE delivery_id = " + mail.id()))
                    .as("%s", refusal)
                    .isEqualTo(true);
        }
    }

    @Test
    void what_is_not_ready_yet_waits_and_uses_up_no_try() {
        Delivery mail = mails(1).getFirst();
        Line line = line(delivery -> new Sending.Busy("too many receipts"));
        due.add(List.of(mail));
        line.send();
        assertThat(attempts(mail)).isZero();
        assertThat(state(mail)).isEqualTo("pending");
    }

    @Test
    void a_process_that_closes_begins_nothing_more() {
        List<Delivery> mails = mails(20);
        AtomicInteger begun = new AtomicInteger();
        Line line = line(delivery -> {
            closes.set(true);
            begun.incrementAndGet();
            return new Sending.Sent(null);
        });
        due.add(mails);
        due.add(mails(1));

        line.send();

        assertThat(begun.get()).isLessThanOrEqualTo(5);
        assertThat(due).hasSize(1);
        assertThat(mails.stream().filter(mail -> state(mail).equals("sent")).count())
                .isEqualTo(begun.get());
        assertThat(mails).extracting(this::attempts).containsOnly(0L, 1L);
    }

    @Test
    void what_has_left_is_noted_when_the_database_is_back() throws InterruptedException {
        Delivery mail = mails(1).getFirst();
        sql("""
                CREATE OR REPLACE FUNCTION test_away() RETURNS TRIGGER LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'away for a moment'; END $$
                """);
        AtomicInteger sent = new AtomicInteger();
        Line line = line(delivery -> {
            sent.incrementAndGet();
            return new Sending.Sent(null);
        });
        due.add(List.of(mail));
        sql("CREATE TRIGGER test_away BEFORE UPDATE ON deliveries FOR EACH ROW WHEN (NEW.delivery_id = " + mail.id()
                + ") EXECUTE FUNCTION test_away()");
        Thread sending = Thread.ofVirtual().start(line::send);
        // As long as another server takes to step in.
        Thread.sleep(8_000);
        assertThat(state(mail)).isEqualTo("pending");
        sql("DROP TRIGGER test_away ON deliveries");
        sending.join();
        assertThat(state(mail)).isEqualTo("sent");
        assertThat(sent.get()).isEqualTo(1);
    }

    @Test
    void while_it_asks_who_has_failed_least_goes_first() {
        Delivery poison = mail("10 minutes");
        Delivery fresh = mail("0 minutes");
        assertThat(first(poison, fresh, true)).isEqualTo(fresh.id());
        assertThat(first(poison, fresh, false)).isEqualTo(poison.id());
        for (boolean isAsking : List.of(true, false)) {
            assertThat(own.claim(Channel.EMAIL, 0, isAsking)).isEmpty();
            assertThat(own.claimPromotions(0, isAsking)).isEmpty();
        }
    }

    /** The clock of this one is a day ahead: it takes nothing that others have in hand, and holds nothing for a day. */
    @Test
    void whoever_claims_goes_by_the_one_clock_that_all_share() {
        Delivery mine = mails(2).getFirst();
        QuarkusTransaction.begin();
        try {
            database.createNativeQuery(
                            "UPDATE deliveries SET next_try_at = CASE delivery_id WHEN :mine THEN DATE '2000-01-01'"
                                    + " ELSE now() + interval '50 seconds' END WHERE delivery_id = :mine OR status = 'pending'")
                    .setParameter("mine", mine.id())
                    .executeUpdate();
            assertThat(inHand.claim(Channel.EMAIL, 10, false))
                    .extracting(Delivery::id)
                    .containsExactly(mine.id());
            assertThat(((Number) database.createNativeQuery(
                                            "SELECT extract(EPOCH FROM next_try_at - clock_timestamp()) FROM deliveries WHERE delivery_id = "
                                                    + mine.id())
                                    .getSingleResult())
                            .longValue())
                    .isBetween(30L, 60L);
        } finally {
            QuarkusTransaction.rollback();
        }
    }

    private Line line(Function<Delivery, Sending> provider) {
        return new Line(
                sender(provider),
                inHand,
                permission,
                (most, isAsking) -> due.isEmpty() ? List.of() : due.remove(),
                closes::get);
    }

    private static Sender sender(Function<Delivery, Sending> provider) {
        return new Sender() {
            @Override
            public Channel channel() {
                return Channel.EMAIL;
            }

            @Override
            public boolean isOn() {
                return true;
            }

            @Override
            public String howToTurnOn() {
                return "it is";
            }

            @Override
            public Sending send(Delivery delivery) {
                return provider.apply(delivery);
            }
        };
    }

    private InHand tomorrows() {
        return new InHand(database, suppressions, TOMORROW) {
            @Override
            void sent(Delivery delivery, String providerId) {
                QuarkusTransaction.requiringNew().run(() -> super.sent(delivery, providerId));
            }

            @Override
            void failed(Delivery delivery, String reason, boolean isUnsure) {
                QuarkusTransaction.requiringNew().run(() -> super.failed(delivery, reason, isUnsure));
            }

            @Override
            void deferred(Delivery delivery, String reason, boolean isUnsure) {
                QuarkusTransaction.requiringNew().run(() -> super.deferred(delivery, reason, isUnsure));
            }

            @Override
            void postponed(Delivery delivery, Duration pause, String reason, boolean isUnsure) {
                QuarkusTransaction.requiringNew().run(() -> super.postponed(delivery, pause, reason, isUnsure));
            }
        };
    }

    private List<Delivery> mails(int howMany) {
        List<Delivery> mails = new ArrayList<>();
        for (int i = 0; i < howMany; i++) {
            mails.add(mail("0 minutes"));
        }
        return mails;
    }

    /** Which is taken first where both are the longest due; and put back, before the shop's own line finds them. */
    private long first(Delivery poison, Delivery fresh, boolean isAsking) {
        QuarkusTransaction.begin();
        try {
            database.createNativeQuery("""
                            UPDATE deliveries SET attempts = CASE delivery_id WHEN :poison THEN 3 ELSE 0 END,
                                   next_try_at = CASE delivery_id WHEN :poison THEN DATE '2000-01-01' ELSE DATE '2000-01-02' END
                             WHERE delivery_id IN (:poison, :fresh)
                            """)
                    .setParameter("poison", poison.id())
                    .setParameter("fresh", fresh.id())
                    .executeUpdate();
            return inHand.claim(Channel.EMAIL, 1, isAsking).getFirst().id();
        } finally {
            QuarkusTransaction.rollback();
        }
    }

    /** Written so long ago, as seen from tomorrow. */
    private Delivery mail(String ago) {
        UUID event = UUID.randomUUID();
        long id = ((Number) one(
                        "INSERT INTO deliveries (user_id, channel, purpose, type, event_id, recipient, subject, body_text,"
                                + " next_try_at, created_at) VALUES (" + ada.userId + ", 'email', 'account', 'test', '"
                                + event + "', '"
                                + ada.email
                                + "', 'x', 'x', now() + interval '1 day', now() + interval '1 day' - interval '" + ago
                                + "') RETURNING delivery_id"))
                .longValue();
        all.add(id);
        return new Delivery(
                id,
                Channel.EMAIL,
                Purpose.ACCOUNT,
                ada.userId,
                event,
                "test",
                ada.email,
                "x",
                "x",
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** Of which a try before may have arrived. */
    private static Delivery unsure(Delivery mail) {
        return new Delivery(
                mail.id(),
                mail.channel(),
                mail.purpose(),
                mail.userId(),
                mail.eventId(),
                mail.type(),
                mail.recipient(),
                mail.subject(),
                mail.text(),
                null,
                null,
                null,
                Instant.now(),
                null,
                null,
                null);
    }

    private long attempts(Delivery delivery) {
        return ((Number) one("SELECT attempts FROM deliveries WHERE delivery_id = " + delivery.id())).longValue();
    }

    /** For how many seconds from tomorrow. */
    private long waits(Delivery delivery) {
        return ((Number) one("SELECT CAST(extract(EPOCH FROM next_try_at - now() - interval '1 day') AS bigint)"
                        + " FROM deliveries WHERE delivery_id = " + delivery.id()))
                .longValue();
    }

    private String state(Delivery delivery) {
        return (String) one("SELECT status FROM deliveries WHERE delivery_id = " + delivery.id());
    }

    private Object one(String query) {
        return QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery(query).getSingleResult());
    }

    private void sql(String statement) {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(statement).executeUpdate());
    }
}
