package io.emporium.payment.fraud;

import io.emporium.order.Order;
import io.emporium.order.PaymentMethod;
import io.emporium.payment.fraud.Assessments.Attempt;
import io.emporium.payment.fraud.Assessments.Earlier;
import io.emporium.payment.fraud.Assessments.Stage;
import io.emporium.payment.fraud.Rules.Judgement;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Judges attempts to pay: before their provider is asked, with what is known then, and when the money is here, with what the
 * provider told of the card. All of it in the transaction that records the one or the other.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class FraudSignals {
    private final PastAttempts past;
    private final Assessments assessments;
    private final Rules rules;
    private final Reviews reviews;
    private final Clock clock;

    FraudSignals(PastAttempts past, Assessments assessments, Rules rules, Reviews reviews, Clock clock) {
        this.past = past;
        this.assessments = assessments;
        this.rules = rules;
        this.reviews = reviews;
        this.clock = clock;
    }

    /**
     * Judges an attempt that was just recorded and that nobody has been asked about yet.
     *
     * @param locked the order it is for
     * @param token what stands for the card
     * @param ip where the customer is; null if that cannot be told
     */
    public Verdict asked(Order locked, long transactionId, @Nullable String token, @Nullable String ip) {
        if (!canBeTakenBack(locked)) {
            return Verdict.ALLOW;
        }
        Instant now = clock.instant();
        String card = token == null ? null : past.cardOf(token).orElse(null);
        Facts facts = new Facts(
                now,
                locked.total(),
                past.by(Subject.USER, locked.userId(), now),
                past.by(Subject.CARD, card, now),
                past.by(Subject.ADDRESS, ip, now),
                past.paid(locked.userId(), locked.total(), now),
                Evidence.NONE,
                locked.shipTo().country());
        Judgement judgement = rules.judge(facts);
        assessments.record(
                new Attempt(transactionId, locked.userId(), ip, token, card), Stage.ASKED, judgement, Map.of());
        if (judgement.verdict() != Verdict.ALLOW) {
            Log.infof(
                    "Payment of order %s: %s, for %s",
                    locked.orderNumber(), judgement.verdict().code(), judgement.reasons());
        }
        return judgement.verdict();
    }

    /**
     * Its bank has said no: that counts from now on, for the card too.
     *
     * @param evidence what the provider told, as JSON
     */
    public void declined(long transactionId, @Nullable String evidence) {
        assessments.isOfCard(transactionId, Evidence.of(evidence).fingerprint());
        assessments.isDeclined(transactionId);
    }

    /**
     * The money is here and its order confirmed. What asks for a look, now or before, holds the order; money that is here is
     * never refused.
     *
     * @param locked the order it is for
     * @param evidence what the provider told, as JSON
     */
    public void captured(Order locked, long transactionId, @Nullable String evidence) {
        if (!canBeTakenBack(locked)) {
            return;
        }
        Evidence told = Evidence.of(evidence);
        Earlier earlier = assessments.earlier(transactionId).orElse(new Earlier(Verdict.ALLOW, List.of(), null));
        String card = told.fingerprint();
        // A card that was known before was counted before.
        boolean isNews = card != null && !card.equals(earlier.fingerprint());
        Instant now = clock.instant();
        Facts facts = new Facts(
                now,
                locked.total(),
                null,
                isNews ? past.by(Subject.CARD, card, now) : null,
                null,
                null,
                told,
                locked.shipTo().country());
        assessments.isOfCard(transactionId, card);
        Judgement judgement = rules.judge(facts);
        boolean isFirst = assessments.record(
                new Attempt(transactionId, locked.userId(), null, null, card),
                Stage.CAPTURED,
                judgement,
                explained(told, locked));
        if (isFirst && earlier.verdict().orStricter(judgement.verdict()) != Verdict.ALLOW) {
            List<Reason> reasons = new ArrayList<>(earlier.reasons());
            reasons.addAll(judgement.reasons());
            reviews.open(locked, transactionId, reasons);
        }
    }

    /** Nobody pays by somebody else's bank transfer and has it back: there is nothing to be afraid of. */
    private static boolean canBeTakenBack(Order order) {
        return order.paymentMethod() != PaymentMethod.BANK_TRANSFER;
    }

    private static Map<String, Object> explained(Evidence told, Order order) {
        Map<String, Object> facts = new LinkedHashMap<>(told.told());
        facts.put("ship_to_country", order.shipTo().country());
        return facts;
    }
}
