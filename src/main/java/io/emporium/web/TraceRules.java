package io.emporium.web;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * What a trace must not know: tokens and ids in addresses, what somebody searches for, and from where. The endpoint's template
 * ({@code http.route}) says which it was.
 */
@Singleton
class TraceRules implements SpanProcessor {
    private static final List<AttributeKey<String>> PERSONAL = List.of(
            AttributeKey.stringKey("url.path"),
            AttributeKey.stringKey("url.query"),
            AttributeKey.stringKey("url.full"),
            AttributeKey.stringKey("http.target"),
            AttributeKey.stringKey("http.url"),
            AttributeKey.stringKey("client.address"),
            AttributeKey.stringKey("http.client_ip"),
            AttributeKey.stringKey("network.peer.address"),
            AttributeKey.stringKey("user_agent.original"));
    private static final String HIDDEN = "-";

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
        for (AttributeKey<String> personal : PERSONAL) {
            if (span.getAttribute(personal) != null) {
                span.setAttribute(personal, HIDDEN);
            }
        }
    }

    @Override
    public boolean isStartRequired() {
        return true;
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
