package io.emporium.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class PlacesTest {
    private static Refusal busy() {
        return new Refusal(Refusal.Code.SERVICE_UNAVAILABLE, "busy", Map.of());
    }

    @Test
    void one_more_waits_for_a_place_and_is_turned_away_where_none_becomes_free() throws Exception {
        var impatient = new Places(2, Duration.ofMillis(50));
        var patient = new Places(1, Duration.ofMinutes(1));
        var inside = new CountDownLatch(3);
        var leave = new CountDownLatch(1);
        try (var together = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Places places : new Places[] {impatient, impatient, patient}) {
                together.submit(() -> places.take(
                        () -> {
                            inside.countDown();
                            return stay(leave);
                        },
                        PlacesTest::busy));
            }
            inside.await();
            Future<String> waits = together.submit(() -> patient.take(() -> "done", PlacesTest::busy));
            assertThatThrownBy(() -> impatient.take(() -> "done", PlacesTest::busy))
                    .isInstanceOf(Refusal.class)
                    .hasMessage("busy");
            assertThat(waits.isDone()).isFalse();
            leave.countDown();
            assertThat(waits.get()).isEqualTo("done");
        }
        assertThat(impatient.take(() -> "done", PlacesTest::busy)).isEqualTo("done");
    }

    @Test
    void who_fails_leaves_their_place() {
        var places = new Places(1, Duration.ZERO);
        assertThatThrownBy(() -> places.take(
                        () -> {
                            throw new IllegalStateException("test");
                        },
                        PlacesTest::busy))
                .hasMessage("test");
        assertThat(places.take(() -> "done", PlacesTest::busy)).isEqualTo("done");
    }

    private static String stay(CountDownLatch until) {
        try {
            until.await();
            return "left";
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }
}
