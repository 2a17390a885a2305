package io.emporium.identity;

import static io.emporium.identity.Customers.aCustomer;
import static io.emporium.identity.Customers.newEmail;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Whether who has an account is learnt from when the answer comes. Run by hand on a quiet machine:
 * {@code ./mvnw test -Dtest=EnumerationBench [-Denumeration.requests=500]}.
 */
@QuarkusTest
class EnumerationBench {

    @Test
    void the_medians_of_known_and_unknown_lie_within_five_milliseconds() {
        int requests = Integer.getInteger("enumeration.requests", 500);
        List<String> told = new ArrayList<>();
        told.add(compared("login", requests, EnumerationTest::login));
        told.add(compared("forgot", requests, EnumerationTest::forgot));
        System.out.println(String.join("\n", told));
        assertThat(told).allMatch(line -> line.endsWith(": within 5 ms"));
    }

    private static String compared(String what, int requests, Function<String, Response> ask) {
        List<Long> known = new ArrayList<>();
        List<Long> unknown = new ArrayList<>();
        String email = aCustomer().email();
        for (int i = 0; i < 20 + requests; i++) {
            // Interleaved, and in turn first: whatever else the machine does is done to both.
            boolean knownFirst = i % 2 == 0;
            long first = nanos(ask, knownFirst ? email : newEmail());
            long second = nanos(ask, knownFirst ? newEmail() : email);
            if (i >= 20) {
                known.add(knownFirst ? first : second);
                unknown.add(knownFirst ? second : first);
            }
        }
        long apart = Math.abs(median(known) - median(unknown));
        return String.format(
                Locale.ROOT,
                "ENUMERATION %s: %d + %d, medians known %.2f ms, unknown %.2f ms, apart %.2f ms: %s 5 ms",
                what,
                requests,
                requests,
                median(known) / 1e6,
                median(unknown) / 1e6,
                apart / 1e6,
                apart < 5_000_000 ? "within" : "not within");
    }

    private static long nanos(Function<String, Response> ask, String email) {
        long start = System.nanoTime();
        ask.apply(email);
        return System.nanoTime() - start;
    }

    private static long median(List<Long> times) {
        return times.stream().sorted().skip(times.size() / 2).findFirst().orElseThrow();
    }
}
