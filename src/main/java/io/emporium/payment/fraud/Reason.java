package io.emporium.payment.fraud;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A rule that was met.
 *
 * @param signal what it is about: attempts_by_user, risk_level, …
 * @param verdict what follows from it
 * @param measured what there was
 * @param threshold from what on it is met
 * @param within how far back it looks, ISO-8601; absent where it does not look back
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Reason(
        @Schema(examples = "attempts_by_card") String signal,
        @Schema(examples = "review") Verdict verdict,
        @Schema(examples = "12") long measured,
        @Schema(examples = "10") long threshold,
        @Nullable @Schema(examples = "PT1H") String within) {

    static Reason of(Signal signal, Rule rule, long measured) {
        return new Reason(
                signal.code(),
                rule.verdict(),
                measured,
                rule.threshold(),
                rule.within() == null ? null : rule.within().toString());
    }
}
