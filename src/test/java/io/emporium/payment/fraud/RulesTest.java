package io.emporium.payment.fraud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emporium.payment.fraud.Facts.History;
import io.emporium.payment.fraud.Facts.Paid;
import io.emporium.payment.fraud.Facts.Seen;
import io.emporium.shared.Money;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of rules: each signal below, at and above its threshold, and at the edges of its window. */
class RulesTest {
    private static final Instant NOW = Instant.parse("2026-01-15T10:00:00Z");
    private static final Duration WINDOW = Duration.ofMinutes(10);
    private static final Rule THREE = Rule.parse("review at 3 within 10m");

    /** What is known of nobody: the beginning of every row. */
    private record Scene(
            String amount,
            @Nullable Seen user,
            @Nullable Seen card,
            @Nullable Seen address,
            @Nullable History past,
            Evidence evidence,
            String shipTo) {
        static final Scene NOTHING = new Scene("50.00", null, null, null, null, Evidence.NONE, "USA");

        Scene paying(String other) {
            return new Scene(other, user, card, address, past, evidence, shipTo);
        }

        Scene user(Seen seen) {
            return new Scene(amount, seen, card, address, past, evidence, shipTo);
        }

        Scene card(Seen seen) {
            return new Scene(amount, user, seen, address, past, evidence, shipTo);
        }

        Scene address(Seen seen) {
            return new Scene(amount, user, card, seen, past, evidence, shipTo);
        }

        Scene past(History paid) {
            return new Scene(amount, user, card, address, paid, evidence, shipTo);
        }

        Scene told(Evidence told) {
            return new Scene(amount, user, card, address, past, told, shipTo);
        }

        Scene shipTo(String country) {
            return new Scene(amount, user, card, address, past, evidence, country);
        }

        Facts facts() {
            return new Facts(NOW, usd(amount), user, card, address, past, evidence, shipTo);
        }
    }

    private static Money usd(String amount) {
        return Money.of(new BigDecimal(amount), "USD");
    }

    /** So many times, the last of them so long ago. */
    private static List<Instant> times(int count, Duration ago) {
        return IntStream.range(0, count).mapToObj(i -> NOW.minus(ago)).toList();
    }

    private static Seen tried(int count, Duration ago) {
        return new Seen(times(count, ago), List.of());
    }

    private static Seen declined(int count, Duration ago) {
        return new Seen(List.of(), times(count, ago));
    }

    private static History paid(Duration ago, String... amounts) {
        return new History(
                Stream.of(amounts)
                        .map(amount -> new Paid(NOW.minus(ago), usd(amount)))
                        .toList(),
                3);
    }

    private static Evidence risk(String level) {
        return new Evidence(null, null, null, null, level, null);
    }

    private static Evidence score(int score) {
        return new Evidence(null, null, null, null, null, score);
    }

    private static Evidence card(@Nullable String country, @Nullable String street, @Nullable String postalCode) {
        return new Evidence("fp", country, street, postalCode, null, null);
    }

    private static Arguments row(String name, Signal signal, Rule rule, Scene scene, long measured) {
        return Arguments.of(name, signal, rule, scene, measured);
    }

    static Stream<Arguments> rows() {
        Duration soon = Duration.ofMinutes(1);
        Duration edge = WINDOW;
        Duration tooLong = WINDOW.plusMillis(1);
        Scene nothing = Scene.NOTHING;
        Rule tenfold = Rule.parse("review at 10 within 365d");
        Rule much = Rule.parse("review at 1000 within 365d");
        Duration lastYear = Duration.ofDays(366);
        Rule two = Rule.parse("review at 2");
        return Stream.of(
                // The present attempt is one of them.
                row("below", Signal.ATTEMPTS_BY_USER, THREE, nothing.user(tried(1, soon)), 2),
                row("at", Signal.ATTEMPTS_BY_USER, THREE, nothing.user(tried(2, soon)), 3),
                row("above", Signal.ATTEMPTS_BY_USER, THREE, nothing.user(tried(3, soon)), 4),
                row("at the window's edge", Signal.ATTEMPTS_BY_USER, THREE, nothing.user(tried(2, edge)), 3),
                row("outside the window", Signal.ATTEMPTS_BY_USER, THREE, nothing.user(tried(9, tooLong)), 1),
                row("judged already", Signal.ATTEMPTS_BY_USER, THREE, nothing, 0),
                row("another's", Signal.ATTEMPTS_BY_USER, THREE, nothing.card(tried(9, soon)), 0),
                row("below", Signal.ATTEMPTS_BY_CARD, THREE, nothing.card(tried(1, soon)), 2),
                row("at", Signal.ATTEMPTS_BY_CARD, THREE, nothing.card(tried(2, soon)), 3),
                row("above", Signal.ATTEMPTS_BY_CARD, THREE, nothing.card(tried(3, soon)), 4),
                row("outside the window", Signal.ATTEMPTS_BY_CARD, THREE, nothing.card(tried(9, tooLong)), 1),
                row("an unknown card", Signal.ATTEMPTS_BY_CARD, THREE, nothing.user(tried(9, soon)), 0),
                row("below", Signal.ATTEMPTS_BY_ADDRESS, THREE, nothing.address(tried(1, soon)), 2),
                row("at", Signal.ATTEMPTS_BY_ADDRESS, THREE, nothing.address(tried(2, soon)), 3),
                row("above", Signal.ATTEMPTS_BY_ADDRESS, THREE, nothing.address(tried(3, soon)), 4),
                row("outside the window", Signal.ATTEMPTS_BY_ADDRESS, THREE, nothing.address(tried(9, tooLong)), 1),
                row("an unknown address", Signal.ATTEMPTS_BY_ADDRESS, THREE, nothing.user(tried(9, soon)), 0),
                row("below", Signal.DECLINES_BY_USER, THREE, nothing.user(declined(2, soon)), 2),
                row("at", Signal.DECLINES_BY_USER, THREE, nothing.user(declined(3, soon)), 3),
                row("above", Signal.DECLINES_BY_USER, THREE, nothing.user(declined(4, soon)), 4),
                row("at the window's edge", Signal.DECLINES_BY_USER, THREE, nothing.user(declined(3, edge)), 3),
                row("outside the window", Signal.DECLINES_BY_USER, THREE, nothing.user(declined(9, tooLong)), 0),
                row("attempts are none", Signal.DECLINES_BY_USER, THREE, nothing.user(tried(9, soon)), 0),
                row("below", Signal.DECLINES_BY_CARD, THREE, nothing.card(declined(2, soon)), 2),
                row("at", Signal.DECLINES_BY_CARD, THREE, nothing.card(declined(3, soon)), 3),
                row("above", Signal.DECLINES_BY_CARD, THREE, nothing.card(declined(4, soon)), 4),
                row("outside the window", Signal.DECLINES_BY_CARD, THREE, nothing.card(declined(9, tooLong)), 0),
                row("below", Signal.DECLINES_BY_ADDRESS, THREE, nothing.address(declined(2, soon)), 2),
                row("at", Signal.DECLINES_BY_ADDRESS, THREE, nothing.address(declined(3, soon)), 3),
                row("above", Signal.DECLINES_BY_ADDRESS, THREE, nothing.address(declined(4, soon)), 4),
                row("outside the window", Signal.DECLINES_BY_ADDRESS, THREE, nothing.address(declined(9, tooLong)), 0),
                row(
                        "below",
                        Signal.AMOUNT_OVER_HISTORY,
                        tenfold,
                        nothing.past(paid(soon, "5.00", "20.00", "9.00")).paying("199.99"),
                        9),
                row(
                        "at",
                        Signal.AMOUNT_OVER_HISTORY,
                        tenfold,
                        nothing.past(paid(soon, "5.00", "20.00", "9.00")).paying("200.00"),
                        10),
                row(
                        "above",
                        Signal.AMOUNT_OVER_HISTORY,
                        tenfold,
                        nothing.past(paid(soon, "5.00", "20.00", "9.00")).paying("999999.99"),
                        49999),
                row(
                        "outside the window",
                        Signal.AMOUNT_OVER_HISTORY,
                        tenfold,
                        nothing.past(paid(lastYear, "5.00", "20.00", "9.00")).paying("999999.99"),
                        0),
                row(
                        "two payments are no history",
                        Signal.AMOUNT_OVER_HISTORY,
                        tenfold,
                        nothing.past(paid(soon, "5.00", "20.00")).paying("999999.99"),
                        0),
                row("judged already", Signal.AMOUNT_OVER_HISTORY, tenfold, nothing.paying("999999.99"), 0),
                row(
                        "below",
                        Signal.AMOUNT_WITHOUT_HISTORY,
                        much,
                        nothing.past(paid(soon)).paying("999.99"),
                        999),
                row(
                        "at",
                        Signal.AMOUNT_WITHOUT_HISTORY,
                        much,
                        nothing.past(paid(soon)).paying("1000.00"),
                        1000),
                row(
                        "above",
                        Signal.AMOUNT_WITHOUT_HISTORY,
                        much,
                        nothing.past(paid(soon, "5.00", "5.00")).paying("2000.00"),
                        2000),
                row(
                        "with a history",
                        Signal.AMOUNT_WITHOUT_HISTORY,
                        much,
                        nothing.past(paid(soon, "5.00", "5.00", "5.00")).paying("2000.00"),
                        0),
                row(
                        "a history outside the window is none",
                        Signal.AMOUNT_WITHOUT_HISTORY,
                        much,
                        nothing.past(paid(lastYear, "5.00", "5.00", "5.00")).paying("2000.00"),
                        2000),
                row("judged already", Signal.AMOUNT_WITHOUT_HISTORY, much, nothing.paying("2000.00"), 0),
                row("nothing known", Signal.ADDRESS_MISMATCH, two, nothing, 0),
                row("all fits", Signal.ADDRESS_MISMATCH, two, nothing.told(card("US", "pass", "pass")), 0),
                row("below", Signal.ADDRESS_MISMATCH, two, nothing.told(card("FR", "pass", "unchecked")), 1),
                row("at", Signal.ADDRESS_MISMATCH, two, nothing.told(card("FR", "pass", "fail")), 2),
                row("at, from home", Signal.ADDRESS_MISMATCH, two, nothing.told(card("US", "fail", "fail")), 2),
                row("above", Signal.ADDRESS_MISMATCH, two, nothing.told(card("FR", "fail", "fail")), 3),
                row(
                        "a country nobody knows",
                        Signal.ADDRESS_MISMATCH,
                        two,
                        nothing.told(card("FR", null, "fail")).shipTo("Middle Earth"),
                        1),
                row("below", Signal.RISK_LEVEL, two, nothing.told(risk("normal")), 1),
                row("at", Signal.RISK_LEVEL, two, nothing.told(risk("elevated")), 2),
                row("above", Signal.RISK_LEVEL, two, nothing.told(risk("highest")), 3),
                row("not assessed", Signal.RISK_LEVEL, two, nothing.told(risk("not_assessed")), 0),
                row("below", Signal.RISK_SCORE, Rule.parse("review at 75"), nothing.told(score(74)), 74),
                row("at", Signal.RISK_SCORE, Rule.parse("review at 75"), nothing.told(score(75)), 75),
                row("above", Signal.RISK_SCORE, Rule.parse("review at 75"), nothing.told(score(76)), 76),
                row("not told", Signal.RISK_SCORE, Rule.parse("review at 75"), nothing, 0));
    }

    @ParameterizedTest(name = "{1} {0}: {4}")
    @MethodSource("rows")
    void each_rule_is_met_from_its_threshold_on(String name, Signal signal, Rule rule, Scene scene, long measured) {
        Facts facts = scene.facts();

        Rules.Judgement judgement = new Rules(Map.of(signal, List.of(rule))).judge(facts);

        assertThat(signal.measure(facts, rule.since(NOW))).isEqualTo(measured);
        boolean isMet = measured >= rule.threshold();
        // The names of the rows say what they are about.
        assertThat(isMet)
                .isEqualTo(name.startsWith("at") && !name.startsWith("attempts")
                        || name.startsWith("above")
                        || name.equals("a history outside the window is none"));
        assertThat(judgement.verdict()).isEqualTo(isMet ? Verdict.REVIEW : Verdict.ALLOW);
        assertThat(judgement.reasons()).isEqualTo(isMet ? List.of(Reason.of(signal, rule, measured)) : List.of());
    }

    @Test
    void no_signal_is_without_a_row() {
        Set<Object> tested = new TreeSet<>();
        rows().forEach(row -> tested.add(row.get()[1]));
        assertThat(tested).containsExactly((Object[]) Signal.values());
    }

    @Test
    void the_strictest_verdict_decides_and_every_reason_is_kept() {
        var rules = new Rules(Map.of(
                Signal.ATTEMPTS_BY_USER,
                List.of(Rule.parse("review at 2 within 10m"), Rule.parse("deny at 5 within 1h")),
                Signal.RISK_LEVEL,
                List.of(Rule.parse("review at 2"))));
        Scene scene = Scene.NOTHING.told(risk("elevated"));

        Rules.Judgement three =
                rules.judge(scene.user(tried(2, Duration.ofMinutes(1))).facts());
        Rules.Judgement nine =
                rules.judge(scene.user(tried(8, Duration.ofMinutes(1))).facts());
        Rules.Judgement nineOfBefore =
                rules.judge(scene.user(tried(8, Duration.ofMinutes(30))).facts());

        assertThat(three.verdict()).isEqualTo(Verdict.REVIEW);
        assertThat(three.reasons()).extracting(Reason::signal).containsExactly("attempts_by_user", "risk_level");
        assertThat(nine.verdict()).isEqualTo(Verdict.DENY);
        assertThat(nine.reasons()).extracting(Reason::threshold).containsExactly(2L, 5L, 2L);
        assertThat(nineOfBefore.verdict()).isEqualTo(Verdict.DENY);
        assertThat(nineOfBefore.reasons()).extracting(Reason::threshold).containsExactly(5L, 2L);
    }

    @Test
    void a_rule_that_is_off_is_met_by_nothing() {
        var rules = new Rules(Map.of(Signal.ATTEMPTS_BY_USER, List.of(Rule.parse("off"))));

        assertThat(rules.judge(Scene.NOTHING.user(tried(99, Duration.ZERO)).facts())
                        .verdict())
                .isEqualTo(Verdict.ALLOW);
        assertThat(rules.most(Signal.ATTEMPTS_BY_USER)).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "review at 15 within 10m, REVIEW, 15, PT10M",
        "'  deny  at 3 within  24h ', DENY, 3, PT24H",
        "DENY AT 1 WITHIN 365d, DENY, 1, PT8760H",
        "review at 2, REVIEW, 2,"
    })
    void a_rule_is_read_as_it_is_written(String words, Verdict verdict, long threshold, @Nullable Duration within) {
        assertThat(Rule.parse(words)).isEqualTo(new Rule(verdict, threshold, within));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "review",
                "allow at 3 within 1h",
                "review at 0 within 1h",
                "review at -1 within 1h",
                "review at 3 within",
                "review at 3 within soon",
                "review at 3 in 1h",
                "review at 99999999999 within 1h",
                "review at 3 within 1h deny at 5"
            })
    void words_that_are_no_rule_stop_the_start(String words) {
        assertThatThrownBy(() -> Rule.parse(words)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_rule_says_how_far_back_it_looks_if_and_only_if_it_can() {
        assertThatThrownBy(() -> new Rules(Map.of(Signal.ATTEMPTS_BY_CARD, List.of(Rule.parse("deny at 3")))))
                .hasMessageContaining("within");
        assertThatThrownBy(() -> new Rules(Map.of(Signal.RISK_LEVEL, List.of(Rule.parse("deny at 3 within 1h")))))
                .hasMessageContaining("within");
    }

    @ParameterizedTest
    @CsvSource({
        "USA, US",
        "us, US",
        "United States, US",
        "U.S.A., US",
        "Great Britain, GB",
        "United Kingdom, GB",
        "uk, GB",
        "Germany, DE",
        "DEU, DE",
        "Côte d’Ivoire, CI",
        "Middle Earth, ",
        "'', "
    })
    void a_country_is_known_by_the_names_that_people_give_it(String written, @Nullable String code) {
        assertThat(Country.of(written).orElse(null)).isEqualTo(code);
    }

    @Test
    void what_a_provider_without_cards_tells_meets_no_rule() {
        for (String evidence :
                List.of("{}", "{\"card\":null,\"risk\":7}", "{\"card\":{\"fingerprint\":5}}", "[]", "null")) {
            assertThat(Evidence.of(evidence)).isEqualTo(Evidence.NONE);
        }
        assertThat(Evidence.of(null)).isEqualTo(Evidence.NONE);
    }
}
