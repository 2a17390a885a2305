package io.emporium.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Codes of authenticator apps against the RFCs' own examples, and how their secrets are stored, without a shop around them. */
class TotpTest {
    private static final byte[] SECRET = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

    @Test
    void the_codes_are_those_of_rfc_6238() {
        Map.of(
                        59L, "94287082",
                        1111111109L, "07081804",
                        1111111111L, "14050471",
                        1234567890L, "89005924",
                        2000000000L, "69279037",
                        20000000000L, "65353130")
                .forEach((second, code) -> {
                    long step = Totp.step(Instant.ofEpochSecond(second));
                    assertThat(Totp.code(SECRET, step, 8)).isEqualTo(code);
                    assertThat(Totp.code(SECRET, step)).isEqualTo(code.substring(2));
                });
    }

    @Test
    void base32_is_that_of_rfc_4648() {
        Map.of(
                        "",
                        "",
                        "f",
                        "MY",
                        "fo",
                        "MZXQ",
                        "foo",
                        "MZXW6",
                        "foob",
                        "MZXW6YQ",
                        "fooba",
                        "MZXW6YTB",
                        "foobar",
                        "MZXW6YTBOI")
                .forEach((text, encoded) -> assertThat(Totp.base32(text.getBytes(StandardCharsets.US_ASCII)))
                        .isEqualTo(encoded));
    }

    @Test
    void a_clock_may_be_half_a_minute_off_and_no_code_is_good_twice() {
        Instant now = Instant.parse("2026-01-15T10:00:00Z");
        long step = Totp.step(now);
        for (long off = -3; off <= 3; off++) {
            String code = Totp.code(SECRET, step + off);
            assertThat(Totp.stepOf(SECRET, code, now, 0).isPresent()).isEqualTo(Math.abs(off) <= 1);
            assertThat(Totp.stepOf(SECRET, code, now, step + off)).isEmpty();
        }
        // Neither are those before it: whoever looked over the shoulder has seen them, too.
        assertThat(Totp.stepOf(SECRET, Totp.code(SECRET, step - 1), now, step)).isEmpty();
        // The shop's clock was put back an hour: what was spent stays spent.
        assertThat(Totp.stepOf(SECRET, Totp.code(SECRET, step), now, step + 120))
                .isEmpty();
        assertThat(Totp.stepOf(SECRET, "", now, 0)).isEmpty();
        assertThat(Totp.stepOf(SECRET, "١٢٣٤٥٦", now, 0)).isEmpty();
    }

    @Test
    void an_app_is_told_whose_it_is() {
        assertThat(Totp.uri("My Shop", "ann+x@example.com", SECRET))
                .isEqualTo("otpauth://totp/My%20Shop:ann%2Bx%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                        + "&issuer=My%20Shop&algorithm=SHA1&digits=6&period=30");
    }

    @Test
    void each_further_five_wrong_codes_lock_twice_as_long_up_to_a_day() {
        assertThat(SecondFactors.lock(5)).isEqualTo(Duration.ofMinutes(15));
        assertThat(SecondFactors.lock(10)).isEqualTo(Duration.ofMinutes(30));
        assertThat(SecondFactors.lock(35)).isEqualTo(Duration.ofHours(16));
        assertThat(SecondFactors.lock(40)).isEqualTo(Duration.ofDays(1));
        assertThat(SecondFactors.lock(100_000)).isEqualTo(Duration.ofDays(1));
    }

    private static SealedSecrets sealedWith(String... keys) {
        return new SealedSecrets(new SecondFactorSettings() {
            @Override
            public Optional<List<String>> keys() {
                return Optional.of(List.of(keys));
            }

            @Override
            public boolean adminsNeedOne() {
                return false;
            }

            @Override
            public Duration challengeExpiry() {
                return Duration.ofMinutes(5);
            }

            @Override
            public String issuer() {
                return "Emporium";
            }
        });
    }

    @Test
    void what_is_sealed_opens_for_its_owner_and_with_its_key_alone() {
        byte[] sealed = sealedWith("one").seal(SECRET, 7);
        assertThat(sealed).hasSize(12 + SECRET.length + 16);
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1))
                .doesNotContain(new String(SECRET, StandardCharsets.ISO_8859_1));
        assertThat(sealedWith("one").seal(SECRET, 7)).isNotEqualTo(sealed);
        assertThat(sealedWith("one").open(sealed, 7)).isEqualTo(SECRET);
        // A new key seals, the one before still opens.
        assertThat(sealedWith("two", "one").open(sealed, 7)).isEqualTo(SECRET);
        assertThat(sealedWith("two", "one").open(sealedWith("two").seal(SECRET, 7), 7))
                .isEqualTo(SECRET);
        assertThatThrownBy(() -> sealedWith("two").open(sealed, 7)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> sealedWith("one").open(sealed, 8)).isInstanceOf(IllegalStateException.class);
        sealed[20] ^= 1;
        assertThatThrownBy(() -> sealedWith("one").open(sealed, 7)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void production_does_not_start_without_a_key_that_nobody_guesses() {
        assertThat(SealedSecrets.fault(List.of()))
                .startsWith("set SECOND_FACTOR_KEY")
                .doesNotContain("\n");
        for (String bad : List.of("short", "x".repeat(64), "changeme", "0123456789abcdef0123456789abcde")) {
            assertThat(SealedSecrets.fault(List.of(bad))).contains("SECOND_FACTOR_KEY is too short or too easy");
        }
        String good = "5f0c2a7d9e1b8436a0cd57f3e2914b68";
        assertThat(SealedSecrets.fault(List.of(good))).isNull();
        assertThat(SealedSecrets.fault(List.of(good, "short"))).isNotNull();
    }
}
