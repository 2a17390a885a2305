package io.emporium.local.provider;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How webhooks go out, by switches. {@code offsetSeconds} is added to the signed time stamp, {@code types} may hold "*".
 */
public record Delivery(
        String state,
        int duplicates,
        boolean reversed,
        long delayMs,
        String signature,
        long offsetSeconds,
        Set<String> types) {

    /** On, in order, rightly signed, and only of these types. */
    public static Delivery usual(String goodSignature, Set<String> types) {
        return new Delivery("on", 0, false, 0, goodSignature, 0, types);
    }

    public boolean off() {
        return state.equals("off");
    }

    public boolean held() {
        return !state.equals("on");
    }

    public boolean wants(String type) {
        return !off() && (types.contains("*") || types.contains(type));
    }

    /** Takes over what is given and leaves the rest. Throws IllegalArgumentException for an unknown value. */
    @SuppressWarnings("unchecked")
    public Delivery changed(Map<String, Object> given, List<String> signatures) {
        Given.onlyKnown(
                given,
                Set.of(
                        "state",
                        "duplicates",
                        "reversed",
                        "delay_ms",
                        "signature",
                        "timestamp_offset_seconds",
                        "types"));
        return new Delivery(
                Given.oneOf(given, "state", state, List.of("on", "off", "hold")),
                (int) Given.within(given, "duplicates", duplicates, 50),
                given.containsKey("reversed") ? Json.flag(given, "reversed") : reversed,
                Given.within(given, "delay_ms", delayMs, 600_000),
                Given.oneOf(given, "signature", signature, signatures),
                Json.number(given, "timestamp_offset_seconds", offsetSeconds),
                given.get("types") instanceof List<?> wanted ? Set.copyOf((List<String>) wanted) : types);
    }

    public Map<String, Object> view() {
        return Json.object(
                "state", state,
                "duplicates", duplicates,
                "reversed", reversed,
                "delay_ms", delayMs,
                "signature", signature,
                "timestamp_offset_seconds", offsetSeconds,
                "types", types.stream().sorted().toList());
    }
}
