package io.emporium.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchesTest {
    @ParameterizedTest
    @CsvSource({"0, 1", "9, 1", "10, 2", "25, 3", "30, 4"})
    void a_full_batch_is_followed_by_another_and_the_rest_by_none(int due, int asked) {
        List<Integer> done = new ArrayList<>();
        Batches.workOff(10, most -> {
            int now = Math.min(
                    most, due - done.stream().mapToInt(Integer::intValue).sum());
            done.add(now);
            return now;
        });
        assertThat(done).hasSize(asked);
        assertThat(done.stream().mapToInt(Integer::intValue).sum()).isEqualTo(due);
    }
}
