package io.emporium.web;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.internal.ExtendedSpanProcessor;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a trace must not know: tokens and ids in addresses, what somebody searches for, from where, and anybody's e-mail address. The
 * endpoint's template ({@code http.route}) says which it was.
 */
@Singleton
class TraceRules implements ExtendedSpanProcessor {
    private static final Set<String> PERSONAL = Set.of(
            "url.path",
            "url.query",
            "url.full",
            "http.target",
            "http.url",
            "client.address",
            "http.client_ip",
            "network.peer.address",
            "net.sock.peer.addr",
            "user_agent.original");
    private static final Pattern MAIL_ADDRESS = Pattern.compile("[^\\s<>\"',;:=(]+@[\\w.-]+");
    private static final String HIDDEN = "-";

    // Not at its start: whose connection it came by, say, is written down when a request has been answered.
    @Override
    public void onEnding(ReadWriteSpan span) {
        span.getAttributes().forEach((key, value) -> {
            if (value instanceof String text) {
                String told = PERSONAL.contains(key.getKey())
                        ? HIDDEN
                        : MAIL_ADDRESS.matcher(text).replaceAll(HIDDEN);
                if (!told.equals(text)) {
                    span.setAttribute(key.getKey(), told);
                }
            }
        });
    }

    @Override
    public boolean isOnEndingRequired() {
        return true;
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
        // All of it is known only when it ends.
    }

    @Override
    public boolean isStartRequired() {
        return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {
        // Nothing may be changed any more.
    }

    @Override
    public boolean isEndRequired() {
        return false;
    }
}
