package io.emporium.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;

import io.emporium.Management;
import io.emporium.shared.Pulse;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Ready is the database's alone; everything we talk to is named; a probe is quick however slow what it asks. */
@QuarkusTest
class HealthTest {
    @Test
    void ready_asks_the_database_and_nobody_else() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> Management.asked()
                        .get("/q/health/ready")
                        .then()
                        .statusCode(200)
                        .body("status", equalTo("UP"))
                        .body("checks.name", containsInAnyOrder("PostgreSQL", "Graceful Shutdown")));
        Management.asked().get("/q/health/live").then().statusCode(200).body("status", equalTo("UP"));
    }

    @Test
    void every_dependency_is_named() {
        Management.asked()
                .get("/q/health")
                .then()
                .body(
                        "checks.name",
                        hasItems("PostgreSQL", "Redis", "RabbitMQ", "Elasticsearch", "SMTP", "Stripe", "PayPal"));
    }

    @Test
    void a_dependency_that_hangs_does_not_hang_the_probe() throws Exception {
        var hanging = new CountDownLatch(1);
        var pulse = new Pulse("hanging", hanging::await);
        long start = System.nanoTime();
        assertThat(pulse.isAlive()).isFalse();
        // The question itself hangs for ever.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        hanging.countDown();
    }

    @Test
    void one_that_is_slow_is_alive_for_whoever_has_the_patience() throws Exception {
        var slow = new AtomicBoolean();
        Pulse.Question question = () -> {
            if (slow.get()) {
                Thread.sleep(Duration.ofMillis(2_500));
            }
        };
        var hurried = new Pulse("slow", question);
        var patient = new Pulse("slow", question, Duration.ofSeconds(30));
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> hurried.isAlive() && patient.isAlive());
        slow.set(true);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    assertThat(patient.isAlive()).isTrue();
                    return !hurried.isAlive();
                });
    }

    @Test
    void one_that_was_alive_and_hangs_is_dead_after_a_while() {
        var hangs = new AtomicBoolean();
        var never = new CountDownLatch(1);
        var pulse = new Pulse("dying", () -> {
            if (hangs.get()) {
                never.await();
            }
        });
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(pulse::isAlive);
        hangs.set(true);
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !pulse.isAlive());
        never.countDown();
    }

    @Test
    void an_answer_holds_for_a_while_and_is_not_asked_for_each_time() {
        var asked = new AtomicInteger();
        var pulse = new Pulse("counted", asked::incrementAndGet);
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(pulse::isAlive);
        for (int i = 0; i < 50; i++) {
            pulse.isAlive();
        }
        // On a machine that stands still for seconds an answer is too old now and then.
        assertThat(asked.get()).isLessThan(10);
    }
}
