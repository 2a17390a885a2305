package io.emporium.payment.fraud;

import io.quarkus.runtime.Startup;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The rules in force, and the one place where they judge: whatever is met is a reason, and the strictest decides. */
@Startup
@Singleton
class Rules {
    private final Map<Signal, List<Rule>> rules = new EnumMap<>(Signal.class);

    @Inject
    Rules(FraudSettings settings) {
        this(settings.rules());
    }

    /** @throws IllegalArgumentException for a rule that does not say how far back it looks, or says so and cannot */
    Rules(Map<Signal, List<Rule>> given) {
        given.forEach((signal, lines) -> {
            List<Rule> inForce = lines.stream().filter(rule -> !rule.isOff()).toList();
            for (Rule rule : inForce) {
                if ((rule.within() != null) != signal.looksBack()) {
                    throw new IllegalArgumentException("A rule about " + signal.code()
                            + (signal.looksBack()
                                    ? " must say within what time"
                                    : " looks at no time: leave out within"));
                }
            }
            rules.put(signal, inForce);
        });
    }

    /** What the rules say, and which of them were met. */
    record Judgement(Verdict verdict, List<Reason> reasons) {}

    Judgement judge(Facts facts) {
        List<Reason> met = new ArrayList<>();
        Verdict verdict = Verdict.ALLOW;
        for (Map.Entry<Signal, List<Rule>> line : rules.entrySet()) {
            for (Rule rule : line.getValue()) {
                long measured = line.getKey().measure(facts, rule.since(facts.at()));
                if (measured >= rule.threshold()) {
                    met.add(Reason.of(line.getKey(), rule, measured));
                    verdict = verdict.orStricter(rule.verdict());
                }
            }
        }
        return new Judgement(verdict, List.copyOf(met));
    }

    /** How many of the past a judgement needs to see at most: more of them change nothing. */
    long most(Signal signal) {
        return of(signal).mapToLong(Rule::threshold).max().orElse(0);
    }

    /** How far back a judgement looks at most; zero where no rule does. */
    Duration longest(Signal signal) {
        return of(signal)
                .map(Rule::within)
                .filter(Objects::nonNull)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    private Stream<Rule> of(Signal signal) {
        return rules.getOrDefault(signal, List.of()).stream();
    }
}
