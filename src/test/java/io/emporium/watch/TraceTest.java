package io.emporium.watch;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.Shopper;
import io.emporium.payment.FakeStripe;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One purchase is one trace, from {@code POST /orders} to the mail, and nothing stands in it that is nobody's business. */
@QuarkusTest
@TestProfile(TraceTest.Traced.class)
class TraceTest {
    private static final Path PRINTED = Path.of("target/trace-of-a-purchase.txt");

    /** With traces, which stay here. */
    public static final class Traced implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "TRACES", "true", "quarkus.otel.bsp.schedule.delay", "100ms", "emporium.cache.enabled", "true");
        }

        @Override
        public Set<Class<?>> getEnabledAlternatives() {
            return Set.of(Kept.class);
        }
    }

    /** In place of the exporter that sends them away. */
    @Alternative
    @Singleton
    public static class Kept {
        @Produces
        @Singleton
        InMemorySpanExporter exporter() {
            return InMemorySpanExporter.create();
        }
    }

    @Inject
    InMemorySpanExporter spans;

    @AfterEach
    void webhooksAgain() {
        FakeStripe.webhooks("on");
    }

    @Inject
    Tracer tracer;

    @Test
    void a_purchase_is_one_trace_from_the_order_to_the_mail() throws IOException {
        Shopper ada = Shopper.registered();
        long product = Shopper.admin().createProduct("19.99", 5);
        ada.putIntoCart(product, 1).then().statusCode(201);
        // Who hears of a payment first settles it, in its own trace: here it is to be the customer's request.
        FakeStripe.webhooks("off");
        spans.reset();

        String orderTrace = "0af7651916cd43dd8448eb211c80319c";
        long order = given().auth()
                .oauth2(ada.token)
                .contentType("application/json")
                .header("traceparent", "00-" + orderTrace + "-b7ad6b7169203331-01")
                .body(Map.of("shipping_address_id", ada.addressId(), "payment_method", "credit_card"))
                .post("/api/v1/orders")
                .then()
                .statusCode(201)
                .extract()
                .jsonPath()
                .getLong("data.order_id");
        given().auth()
                .oauth2(ada.token)
                .contentType("application/json")
                .header("traceparent", "00-" + orderTrace + "-b7ad6b7169203331-01")
                .body(Map.of(
                        "order_id",
                        order,
                        "payment_method",
                        "credit_card",
                        "payment_details",
                        Map.of("payment_method_id", "pm_card_visa")))
                .post("/api/v1/payments/process")
                .then()
                .statusCode(200);

        List<SpanData> trace = awaitTrace(
                orderTrace,
                "POST /api/v1/orders",
                "POST /api/v1/payments/process",
                "Stripe: charge",
                "INSERT emporium.orders",
                "INSERT emporium.outbox",
                "emporium.events.v1 publish",
                "emporium.notification.v1 receive",
                "notification takes order.placed",
                "notification takes order.confirmed",
                "eval",
                "send email order_confirmation",
                "send email payment_receipt");
        // Each hangs on another one of it, up to the customer's.
        Map<String, SpanData> byId = new HashMap<>();
        trace.forEach(span -> byId.put(span.getSpanId(), span));
        trace.stream()
                .filter(span -> span.getKind() != SpanKind.SERVER)
                .forEach(span -> assertThat(byId).as(span.getName()).containsKey(span.getParentSpanId()));
        assertThat(kinds(trace)).contains(SpanKind.SERVER, SpanKind.CLIENT, SpanKind.PRODUCER, SpanKind.CONSUMER);
        Files.createDirectories(PRINTED.getParent());
        Files.writeString(PRINTED, printed(trace));

        String everything = everything();
        assertThat(everything)
                .doesNotContain(ada.email)
                .doesNotContain(ada.token)
                .doesNotContain("pm_card_visa")
                .doesNotContain("Lovelace")
                .doesNotContain("123 Main St")
                .doesNotContain(Shopper.PASSWORD);
    }

    @Test
    void neither_tokens_nor_what_is_searched_for_stands_in_a_trace() {
        String secret = "s3cret" + UUID.randomUUID().toString().replace("-", "");
        given().get("/api/v1/products/search?q=" + secret);
        given().get("/api/v1/unsubscribe/" + secret);
        given().get("/api/v1/products?category=" + secret).then().statusCode(200);
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> names(spans.getFinishedSpanItems()).stream()
                        .anyMatch(name -> name.contains("GET /api/v1/unsubscribe")));
        assertThat(everything()).doesNotContain(secret);
    }

    @Test
    void neither_where_somebody_is_nor_an_e_mail_address_stands_in_a_trace_however_late_it_comes() {
        spans.reset();
        given().header("X-Forwarded-For", "203.0.113.77")
                .get("/api/v1/categories")
                .then()
                .statusCode(200);
        Span late = tracer.spanBuilder("mail of a test")
                .setNoParent()
                .setSpanKind(SpanKind.SERVER)
                .startSpan();
        late.setAttribute("note", "written to <ada.lovelace+1@example.com>, twice")
                .setAttribute("tries", 2);
        late.end();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> names(spans.getFinishedSpanItems())
                        .containsAll(List.of("mail of a test", "GET /api/v1/categories")));
        assertThat(everything())
                .doesNotContain("ada.lovelace", "203.0.113.77")
                .contains("written to <->, twice")
                .contains("tries=2");
        assertThat(spans.getFinishedSpanItems().stream()
                        .filter(span -> span.getName().equals("GET /api/v1/categories"))
                        .map(span -> span.getAttributes().get(AttributeKey.stringKey("network.peer.address"))))
                .isNotEmpty()
                .allMatch(peer -> peer == null || peer.equals("-"));
    }

    @Test
    void looking_for_something_to_do_begins_no_trace() {
        Awaitility.await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
        Map<String, List<SpanData>> traces =
                spans.getFinishedSpanItems().stream().collect(Collectors.groupingBy(SpanData::getTraceId));
        assertThat(traces.values())
                .allSatisfy(trace -> assertThat(trace.stream()
                                .filter(span -> !span.getParentSpanContext().isValid())
                                .filter(span -> span.getKind() != SpanKind.SERVER)
                                .toList())
                        .isEmpty());
    }

    private List<SpanData> awaitTrace(String trace, String... names) {
        List<SpanData> found = new ArrayList<>();
        Awaitility.await().atMost(Duration.ofSeconds(180)).untilAsserted(() -> {
            List<SpanData> there = spans.getFinishedSpanItems().stream()
                    .filter(span -> span.getTraceId().equals(trace))
                    .toList();
            assertThat(names(there)).contains(names);
            found.clear();
            found.addAll(there);
        });
        return found;
    }

    private static List<String> names(List<SpanData> trace) {
        return trace.stream().map(SpanData::getName).toList();
    }

    private static Set<SpanKind> kinds(List<SpanData> trace) {
        return trace.stream().map(SpanData::getKind).collect(Collectors.toSet());
    }

    private String everything() {
        return spans.getFinishedSpanItems().stream()
                .map(span ->
                        span.getName() + " " + span.getAttributes() + " " + span.getEvents() + " " + span.getStatus())
                .collect(Collectors.joining("\n"));
    }

    /** As docs/operations.md shows it: milliseconds from the request on, and each below what it is a part of. */
    private static String printed(List<SpanData> trace) {
        Map<String, List<SpanData>> parts = trace.stream().collect(Collectors.groupingBy(SpanData::getParentSpanId));
        Set<String> ids = trace.stream().map(SpanData::getSpanId).collect(Collectors.toSet());
        var text = new StringBuilder();
        trace.stream()
                .filter(span -> !ids.contains(span.getParentSpanId()))
                .forEach(root -> print(root, 0, root.getStartEpochNanos(), parts, text));
        return text.toString();
    }

    private static void print(
            SpanData span, int depth, long began, Map<String, List<SpanData>> parts, StringBuilder text) {
        text.append("%7.1f +%6.1f ms  %s%s (%s)%n"
                .formatted(
                        (span.getStartEpochNanos() - began) / 1e6,
                        (span.getEndEpochNanos() - span.getStartEpochNanos()) / 1e6,
                        "  ".repeat(depth),
                        span.getName(),
                        span.getKind().name().toLowerCase(Locale.ROOT)));
        parts.getOrDefault(span.getSpanId(), List.of()).stream()
                .sorted(Comparator.comparingLong(SpanData::getStartEpochNanos))
                .forEach(part -> print(part, depth + 1, began, parts, text));
    }
}
