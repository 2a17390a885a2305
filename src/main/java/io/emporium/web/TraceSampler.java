package io.emporium.web;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * A trace begins with a request, so many of them; what follows is in it or not as that was. The workers' looking for something to
 * do, every second, begins none.
 */
class TraceSampler {
    @Produces
    @Singleton
    Sampler sampler(@ConfigProperty(name = "emporium.traces.sampled") String share) {
        return Sampler.parentBased(new Requests(Sampler.traceIdRatioBased(Double.parseDouble(share))));
    }

    private record Requests(Sampler some) implements Sampler {
        @Override
        public SamplingResult shouldSample(
                Context parent,
                String traceId,
                String name,
                SpanKind kind,
                Attributes attributes,
                List<LinkData> links) {
            return kind == SpanKind.SERVER
                    ? some.shouldSample(parent, traceId, name, kind, attributes, links)
                    : SamplingResult.drop();
        }

        @Override
        public String getDescription() {
            return "Requests{" + some.getDescription() + "}";
        }
    }
}
