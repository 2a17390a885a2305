package io.emporium;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServerPasswordsTest {
    private static Optional<String> missing(String ofDatabase, String ofBroker) {
        return ServerPasswords.missing(new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(
                        Map.of("quarkus.datasource.password", ofDatabase, "rabbitmq-password", ofBroker), "test", 100))
                .build());
    }

    @Test
    void passwords_of_ones_own_are_all_it_takes() {
        assertThat(missing("s3cret-of-ours", "another-of-ours")).isEmpty();
    }

    @Test
    void a_missing_one_and_one_that_everybody_knows_are_told_in_one_line() {
        assertThat(missing("", "Guest"))
                .contains("Emporium does not start: set DB_PASSWORD and RABBITMQ_PASSWORD (everybody knows this one)");
        assertThat(missing("postgres", " "))
                .contains("Emporium does not start: set DB_PASSWORD (everybody knows this one) and RABBITMQ_PASSWORD");
    }
}
