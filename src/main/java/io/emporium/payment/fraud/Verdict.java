package io.emporium.payment.fraud;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What is to be done about an attempt to pay, from the mildest to the strictest. */
public enum Verdict {
    ALLOW,
    /** Charged, and then held until a person has looked at it. */
    REVIEW,
    /** Not charged; where it has been already, as {@link #REVIEW}. */
    DENY;

    Verdict orStricter(Verdict other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /** As the API, the database and the configuration have it. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
