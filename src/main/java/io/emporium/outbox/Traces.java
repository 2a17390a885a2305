package io.emporium.outbox;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What follows from a request, in its trace: an event takes the request's place in the trace along (W3C {@code traceparent}), and
 * so does the message that is written because of it. Without traces there is no place, and nothing is done.
 */
public final class Traces {
    private static final Pattern TRACEPARENT = Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})");

    private Traces() {}

    /** Where we are; null where nobody traces this. */
    public static @Nullable String current() {
        SpanContext here = Span.current().getSpanContext();
        return here.isValid() && here.isSampled()
                ? "00-" + here.getTraceId() + "-" + here.getSpanId() + "-"
                        + here.getTraceFlags().asHex()
                : null;
    }

    /**
     * Does something as a part of a trace.
     *
     * @param traceparent where it belongs; null: in no trace. Where we are in that trace already it belongs here.
     * @param what it is, of a few: {@code notification takes order.confirmed}
     */
    public static <T> T follow(@Nullable String traceparent, String what, SpanKind kind, Supplier<T> work) {
        Context parent = parent(traceparent);
        if (parent == null) {
            return work.get();
        }
        Span span = GlobalOpenTelemetry.getTracer("io.emporium")
                .spanBuilder(what)
                .setSpanKind(kind)
                .setParent(parent)
                .startSpan();
        try (Scope _ = parent.with(span).makeCurrent()) {
            return work.get();
        } catch (RuntimeException | Error fault) {
            // By its kind only: what it says may quote a customer.
            span.setStatus(StatusCode.ERROR, fault.getClass().getSimpleName());
            throw fault;
        } finally {
            span.end();
        }
    }

    /** Null where it is none. */
    static @Nullable Context parent(@Nullable String traceparent) {
        Matcher place = TRACEPARENT.matcher(traceparent == null ? "" : traceparent);
        if (!place.matches()) {
            return null;
        }
        if (Span.current().getSpanContext().getTraceId().equals(place.group(1))) {
            return Context.current();
        }
        SpanContext there = SpanContext.createFromRemoteParent(
                place.group(1), place.group(2), TraceFlags.fromHex(place.group(3), 0), TraceState.getDefault());
        return Context.root().with(Span.wrap(there));
    }
}
