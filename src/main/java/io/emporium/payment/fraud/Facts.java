package io.emporium.payment.fraud;

import io.emporium.shared.Money;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * All that a judgement rests on. What is not known is absent, and no rule is met by it.
 *
 * @param at when it is judged
 * @param amount to be paid
 * @param user what this customer has tried before; null where that was judged already
 * @param card what was tried with this card before; null while nobody knows which card it is
 * @param address what was tried from this IP address before
 * @param past what the customer has paid before; null where that was judged already
 * @param evidence what the provider told of the card
 * @param shipTo the country the order goes to, as the customer wrote it
 */
record Facts(
        Instant at,
        Money amount,
        @Nullable Seen user,
        @Nullable Seen card,
        @Nullable Seen address,
        @Nullable History past,
        Evidence evidence,
        String shipTo) {

    /**
     * When somebody tried to pay, the present time left out, and when a bank said no to them. Newest first, and no more
     * than the highest threshold asks for.
     */
    record Seen(List<Instant> attempts, List<Instant> declines) {}

    /**
     * Payments that succeeded, newest first.
     *
     * @param enough how many make a history
     */
    record History(List<Paid> payments, int enough) {}

    /** A payment that succeeded, in the attempt's own currency. */
    record Paid(Instant at, Money amount) {}

    boolean isAmountJudged() {
        return past != null;
    }

    /** The most that was paid at once since then, in minor units; empty for too few payments to know the customer by. */
    OptionalLong history(Instant since) {
        if (past == null) {
            return OptionalLong.empty();
        }
        List<Paid> paid = past.payments().stream()
                .filter(payment -> !payment.at().isBefore(since))
                .toList();
        return paid.size() < past.enough()
                ? OptionalLong.empty()
                : paid.stream()
                        .mapToLong(payment -> payment.amount().minorUnits())
                        .max();
    }
}
