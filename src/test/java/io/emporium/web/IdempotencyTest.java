package io.emporium.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emporium.Invariants;
import io.emporium.shared.Refusal;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The same key is the same answer, whatever is retried, at once or after a crash (contract.md "Retrying safely"). */
@QuarkusTest
@Timeout(60)
class IdempotencyTest {
    @Inject
    Idempotency idempotency;

    @Inject
    Invariants invariants;

    @Inject
    EntityManager database;

    private long userId;

    /** A process that dies does not clean up; an Error that nobody catches leaves the same behind. */
    private static final class Death extends Error {
        private static final long serialVersionUID = 1L;
    }

    @BeforeEach
    void user() {
        userId = QuarkusTransaction.requiringNew()
                .call(() -> ((Number) database.createNativeQuery("""
                                INSERT INTO users (email, password_hash, first_name, last_name)
                                VALUES (:email, 'x', 'Ida', 'Potent') RETURNING user_id
                                """)
                                .setParameter("email", UUID.randomUUID() + "@example.com")
                                .getSingleResult())
                        .longValue());
    }

    @Test
    void fifty_at_once_with_one_key_have_one_effect_and_one_answer() throws Exception {
        Idempotency.Request request = request("one", Map.of("quantity", 1));
        AtomicInteger answered = new AtomicInteger();
        AtomicInteger replayed = new AtomicInteger();
        AtomicInteger inProgress = new AtomicInteger();
        var together = new CountDownLatch(1);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> calls = IntStream.range(0, 50)
                    .<Future<?>>mapToObj(call -> callers.submit(() -> {
                        together.await();
                        try {
                            idempotency.inOneTransaction(request, this::effect);
                            answered.incrementAndGet();
                        } catch (Idempotency.Replay replay) {
                            assertThat(replay.status).isEqualTo(201);
                            assertThat(replay.answer).contains("made");
                            replayed.incrementAndGet();
                        } catch (Refusal refusal) {
                            assertThat(refusal.code()).isEqualTo(Refusal.Code.REQUEST_IN_PROGRESS);
                            inProgress.incrementAndGet();
                        }
                        return null;
                    }))
                    .toList();
            together.countDown();
            for (Future<?> call : calls) {
                call.get(30, TimeUnit.SECONDS);
            }
        }
        assertThat(effects()).isEqualTo(1);
        assertThat(answered).hasValue(1);
        assertThat(replayed.get() + inProgress.get()).isEqualTo(49);
    }

    @Test
    void another_body_under_the_same_key_is_refused() {
        idempotency.inOneTransaction(request("k", Map.of("quantity", 1)), this::effect);
        assertRefused(Refusal.Code.IDEMPOTENCY_KEY_REUSED, request("k", Map.of("quantity", 2)));
        assertThat(effects()).isEqualTo(1);
    }

    @Test
    void the_same_key_of_another_user_is_another_key() {
        idempotency.inOneTransaction(request("k", Map.of()), this::effect);
        user();
        idempotency.inOneTransaction(request("k", Map.of()), this::effect);
        assertThat(effects()).isEqualTo(1);
    }

    @Test
    void a_second_request_is_told_that_the_first_still_runs() throws Exception {
        Idempotency.Request request = request("slow", Map.of());
        var begun = new CountDownLatch(1);
        var mayEnd = new CountDownLatch(1);
        try (ExecutorService caller = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> first = caller.submit(() -> idempotency.inOneTransaction(request, () -> {
                begun.countDown();
                await(mayEnd);
                return effect();
            }));
            begun.await();
            assertRefused(Refusal.Code.REQUEST_IN_PROGRESS, request);
            mayEnd.countDown();
            first.get(30, TimeUnit.SECONDS);
        }
        assertReplayed(201, request);
        assertThat(effects()).isEqualTo(1);
    }

    @Test
    void across_transactions_too_a_second_request_is_told_that_the_first_still_runs() {
        Idempotency.Request request = request("network", Map.of());
        idempotency.acrossTransactions(request, () -> {
            assertThatThrownBy(() -> idempotency.acrossTransactions(request, this::effectElsewhere))
                    .isInstanceOfSatisfying(
                            Refusal.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.REQUEST_IN_PROGRESS));
            return effectElsewhere();
        });
        assertThatThrownBy(() -> idempotency.acrossTransactions(request, this::effectElsewhere))
                .isInstanceOfSatisfying(
                        Idempotency.Replay.class,
                        replay -> assertThat(replay.status).isEqualTo(202));
        assertThat(effects()).isEqualTo(1);
    }

    @Test
    void a_refusal_is_an_answer_and_replayed_though_its_reason_is_gone() {
        Idempotency.Request request = request("refused", Map.of());
        assertThatThrownBy(() -> idempotency.inOneTransaction(request, () -> {
                    effect();
                    throw new Refusal(Refusal.Code.INSUFFICIENT_STOCK, "Insufficient stock");
                }))
                .isInstanceOf(Refusal.class);
        assertThat(effects()).as("what was refused was undone").isZero();
        assertReplayed(409, request);
        assertThat(effects()).isZero();
    }

    @Test
    void what_was_never_begun_may_be_sent_again_with_its_key() {
        Idempotency.Request request = request("limited", Map.of());
        assertThatThrownBy(() -> idempotency.inOneTransaction(request, () -> {
                    throw new Refusal(Refusal.Code.RATE_LIMITED, "Too many");
                }))
                .isInstanceOf(Refusal.class);
        idempotency.inOneTransaction(request, this::effect);
        assertThat(effects()).isEqualTo(1);
    }

    @Test
    void the_key_of_a_process_that_died_is_free_after_its_lease() {
        Idempotency.Request request = request("died", Map.of());
        assertThatThrownBy(() -> idempotency.acrossTransactions(request, () -> {
                    throw new Death();
                }))
                .isInstanceOf(Death.class);
        assertThatThrownBy(() -> idempotency.acrossTransactions(request, this::effectElsewhere))
                .isInstanceOf(Refusal.class);
        sql("UPDATE idempotency_keys SET locked_until = now() - interval '1 second' WHERE user_id = " + userId);
        assertThatThrownBy(() -> idempotency.acrossTransactions(request("died", Map.of("a", 1)), this::effectElsewhere))
                .isInstanceOfSatisfying(
                        Refusal.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.IDEMPOTENCY_KEY_REUSED));
        idempotency.acrossTransactions(request, this::effectElsewhere);
        assertThat(effects()).isEqualTo(1);
    }

    @Test
    void a_key_whose_process_died_and_that_nobody_retries_goes_with_its_day() {
        assertThatThrownBy(() -> idempotency.acrossTransactions(request("left", Map.of()), () -> {
                    throw new Death();
                }))
                .isInstanceOf(Death.class);
        sql("UPDATE idempotency_keys SET locked_until = now() - interval '20 hours' WHERE user_id = " + userId);
        invariants.hold();
        sql("UPDATE idempotency_keys SET expires_at = now() - interval '1 second' WHERE user_id = " + userId);
        idempotency.purge();
        assertThat(count("SELECT count(*) FROM idempotency_keys WHERE user_id = " + userId))
                .isZero();
    }

    @Test
    void a_key_is_forgotten_after_a_day() {
        Idempotency.Request request = request("old", Map.of());
        idempotency.inOneTransaction(request, this::effect);
        sql("UPDATE idempotency_keys SET expires_at = now() - interval '1 second' WHERE user_id = " + userId);
        idempotency.inOneTransaction(request("old", Map.of("other", true)), this::effect);
        assertThat(effects()).isEqualTo(2);
        sql("UPDATE idempotency_keys SET expires_at = now() - interval '1 second' WHERE user_id = " + userId);
        idempotency.forgetExpired(1_000);
        assertThat(count("SELECT count(*) FROM idempotency_keys WHERE user_id = " + userId))
                .isZero();
    }

    private Idempotency.Request request(String key, Object body) {
        return new Idempotency.Request(userId, key, "POST /test", body, 201);
    }

    /** An address is as good as an order: a row of the user's, in the running transaction. */
    private Answer<String> effect() {
        database.createNativeQuery("""
                        INSERT INTO addresses (user_id, address_line1, city, state, postal_code, country)
                        VALUES (:user, 'x', 'x', 'x', 'x', 'x')
                        """).setParameter("user", userId).executeUpdate();
        return Answer.of("made");
    }

    private Idempotency.Outcome<String> effectElsewhere() {
        return new Idempotency.Outcome<>(202, QuarkusTransaction.requiringNew().call(this::effect));
    }

    private void assertRefused(Refusal.Code code, Idempotency.Request request) {
        assertThatThrownBy(() -> idempotency.inOneTransaction(request, this::effect))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    private void assertReplayed(int status, Idempotency.Request request) {
        assertThatThrownBy(() -> idempotency.inOneTransaction(request, this::effect))
                .isInstanceOfSatisfying(
                        Idempotency.Replay.class,
                        replay -> assertThat(replay.status).isEqualTo(status));
    }

    private long effects() {
        return count("SELECT count(*) FROM addresses WHERE user_id = " + userId);
    }

    private long count(String query) {
        return QuarkusTransaction.requiringNew()
                .call(() -> ((Number) database.createNativeQuery(query).getSingleResult()).longValue());
    }

    private void sql(String statement) {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(statement).executeUpdate());
    }

    private static void await(CountDownLatch latch) {
        try {
            // Bounded: where the second request waits for the first, the first must not wait for it.
            latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
