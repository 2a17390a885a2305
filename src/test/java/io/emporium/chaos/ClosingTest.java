package io.emporium.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No process and no server is left behind by a suite because another one could not be closed. */
class ClosingTest {
    @Test
    void all_are_closed_though_some_cannot_be() {
        List<String> closed = new ArrayList<>();
        var first = new IllegalArgumentException("first");
        var second = new IllegalArgumentException("second");
        assertThatThrownBy(() -> Closing.all(
                        () -> {
                            throw first;
                        },
                        null,
                        () -> closed.add("one"),
                        () -> {
                            throw second;
                        },
                        () -> closed.add("another")))
                .hasCause(first)
                .hasSuppressedException(second);
        assertThat(closed).containsExactly("one", "another");
    }
}
