package io.emporium.payment.paypal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.emporium.shared.HttpCalls;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** HTTP to PayPal. */
@Singleton
class PayPalHttp {
    private final PayPalSettings settings;
    private final ObjectMapper json;
    private final HttpCalls calls;

    PayPalHttp(PayPalSettings settings, ObjectMapper json) {
        this.settings = settings;
        this.json = json;
        this.calls = new HttpCalls(settings.connectTimeout(), settings.readTimeout());
    }

    HttpRequest.Builder request(String path) {
        return calls.request(settings.apiBase(), path);
    }

    PayPalAnswer send(HttpRequest.Builder request) throws Unanswered {
        try {
            HttpResponse<String> answer = calls.send(request.build());
            String debugId = answer.headers().firstValue("Paypal-Debug-Id").orElse("none");
            return new PayPalAnswer(answer.statusCode(), read(answer.body()), debugId);
        } catch (HttpCalls.NoAnswer lost) {
            throw new Unanswered(String.valueOf(lost.getMessage()));
        }
    }

    private JsonNode read(String body) {
        try {
            return json.readTree(body);
        } catch (JsonProcessingException noJson) {
            return MissingNode.getInstance();
        }
    }

    @PreDestroy
    void close() {
        calls.close();
    }
}
