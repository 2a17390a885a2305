package io.emporium.payment.paypal;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.shared.HttpCalls;
import io.emporium.web.ForeignJson;
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
            return new PayPalAnswer(answer.statusCode(), ForeignJson.read(json, answer.body()), debugId);
        } catch (HttpCalls.NoAnswer lost) {
            throw new Unanswered(String.valueOf(lost.getMessage()));
        }
    }

    @PreDestroy
    void close() {
        calls.close();
    }
}
