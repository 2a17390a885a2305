package io.emporium;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class EmporiumTest {
    @Test
    @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD, unit = TimeUnit.SECONDS)
    void told_to_migrate_it_ends_as_soon_as_it_has_started() throws IOException {
        assertThat(new Emporium().run("migrate")).isZero();
    }
}
