package io.emporium.payment.fraud;

import io.emporium.payment.fraud.Facts.Seen;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What can be measured of an attempt to pay: each a whole number that grows with the suspicion, 0 where nothing is known. A
 * rule compares it with its threshold.
 */
enum Signal {
    /** How often this customer has tried to pay, this time included. */
    ATTEMPTS_BY_USER((facts, since) -> attempts(facts.user(), since), true),
    /** How often this card was tried, by whomever, this time included. */
    ATTEMPTS_BY_CARD((facts, since) -> attempts(facts.card(), since), true),
    /** How often somebody tried from this IP address, this time included. */
    ATTEMPTS_BY_ADDRESS((facts, since) -> attempts(facts.address(), since), true),
    /** How often banks have said no to this customer. */
    DECLINES_BY_USER((facts, since) -> declines(facts.user(), since), true),
    /** How often its bank has said no to this card. */
    DECLINES_BY_CARD((facts, since) -> declines(facts.card(), since), true),
    /** How often banks have said no to somebody at this IP address. */
    DECLINES_BY_ADDRESS((facts, since) -> declines(facts.address(), since), true),
    /** How many times the most that a customer with a history has ever paid. */
    AMOUNT_OVER_HISTORY((facts, since) -> timesTheMost(facts, since), true),
    /** The amount, in whole units of its currency, of a customer without a history. */
    AMOUNT_WITHOUT_HISTORY((facts, since) -> amountOfNewcomer(facts, since), true),
    /** Of the card's country, street and postal code, how many do not belong to where the order goes or the card lives. */
    ADDRESS_MISMATCH((facts, since) -> facts.evidence().mismatches(facts.shipTo()), false),
    /** The provider's own judgement: 1 normal, 2 elevated, 3 highest. */
    RISK_LEVEL((facts, since) -> facts.evidence().riskLevelNumber(), false),
    /** The provider's own judgement, from 0 to 100; not every shop's contract has it. */
    RISK_SCORE((facts, since) -> facts.evidence().riskScoreOrZero(), false);

    /** Takes the measure of what lies since then. */
    @FunctionalInterface
    private interface Measure {
        long of(Facts facts, Instant since);
    }

    private final Measure measure;
    private final boolean looksBack;

    Signal(Measure measure, boolean looksBack) {
        this.measure = measure;
        this.looksBack = looksBack;
    }

    /** @param since from then on; without a meaning for a signal that does not look back */
    long measure(Facts facts, Instant since) {
        return measure.of(facts, since);
    }

    /** Whether a rule about it must say how far back it looks. */
    boolean looksBack() {
        return looksBack;
    }

    /** As the API and the database have it. */
    String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static long attempts(@Nullable Seen seen, Instant since) {
        return seen == null ? 0 : within(seen, Seen::attempts, since) + 1;
    }

    private static long declines(@Nullable Seen seen, Instant since) {
        return seen == null ? 0 : within(seen, Seen::declines, since);
    }

    private static long within(Seen seen, Function<Seen, List<Instant>> which, Instant since) {
        return which.apply(seen).stream().filter(at -> !at.isBefore(since)).count();
    }

    private static long timesTheMost(Facts facts, Instant since) {
        var past = facts.history(since);
        return past.isEmpty() ? 0 : facts.amount().minorUnits() / Math.max(1, past.getAsLong());
    }

    private static long amountOfNewcomer(Facts facts, Instant since) {
        return facts.isAmountJudged() && facts.history(since).isEmpty()
                ? facts.amount().amount().setScale(0, RoundingMode.DOWN).longValueExact()
                : 0;
    }
}
