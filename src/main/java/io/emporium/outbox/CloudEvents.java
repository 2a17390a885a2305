package io.emporium.outbox;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.emporium.shared.Money;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The events' wire format: CloudEvents 1.0 in JSON. It has a mapper of its own, because a consumer elsewhere must know an
 * amount's currency, which the shop's API leaves out, and because the API's format may change when this one must not.
 */
@ApplicationScoped
class CloudEvents {
    static final String CONTENT_TYPE = "application/cloudevents+json";

    // As the outbox and inbox tables have it.
    private static final int TYPE_LENGTH = 100;
    private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9._-]+");

    private final JsonMapper json = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .addModule(new SimpleModule("money")
                    .addSerializer(Money.class, new MoneyWithCurrency())
                    .addDeserializer(Money.class, new MoneyFromAmountAndCurrency()))
            .addMixIn(DomainEvent.class, Attributes.class)
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            // A missing order_id is not order 0: nobody would be told, and nobody would notice.
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            // 1000.00 stays what it is, and is not told as 1E+3.
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    String write(DomainEvent event) {
        try {
            var envelope = json.createObjectNode()
                    .put("specversion", "1.0")
                    .put("id", event.id().toString())
                    .put("source", "/emporium/" + event.entityType() + "s")
                    .put("type", event.type())
                    .put("subject", Long.toString(event.entityId()))
                    .put("time", event.at().toString())
                    .put("datacontenttype", "application/json");
            String trace = Traces.current();
            if (trace != null) {
                envelope.put("traceparent", trace);
            }
            envelope.set("data", json.valueToTree(event));
            return json.writeValueAsString(envelope);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** @throws IllegalArgumentException if it is not an event of ours: then it is poison, and no retry helps */
    ReceivedEvent read(byte[] message) {
        try {
            JsonNode envelope = json.readTree(new String(message, StandardCharsets.UTF_8));
            String type = required(envelope, "type").asText();
            if (type.length() > TYPE_LENGTH) {
                throw new IllegalArgumentException(
                        "not a CloudEvent of ours: its type has " + type.length() + " characters");
            }
            if (!TYPE.matcher(type).matches()) {
                // What PostgreSQL cannot store would be brought again and again.
                throw new IllegalArgumentException("not a CloudEvent of ours: its type is no word");
            }
            return new ReceivedEvent(
                    UUID.fromString(required(envelope, "id").asText()),
                    type,
                    Instant.parse(required(envelope, "time").asText()),
                    required(envelope, "data"),
                    envelope.path("traceparent").textValue(),
                    this);
        } catch (JsonProcessingException | java.time.format.DateTimeParseException notAnEvent) {
            throw new IllegalArgumentException("not a CloudEvent: " + notAnEvent.getMessage(), notAnEvent);
        }
    }

    <T> T convert(JsonNode data, Class<T> type) {
        return json.convertValue(data, type);
    }

    private static JsonNode required(JsonNode envelope, String attribute) {
        JsonNode value = envelope.get(attribute);
        if (value == null || value.isNull()) {
            throw new IllegalArgumentException("not an event: no " + attribute);
        }
        return value;
    }

    /** Attributes that the envelope has already; read by Jackson only. */
    @SuppressWarnings("UnusedMethod")
    private interface Attributes {
        @JsonIgnore
        String type();

        @JsonIgnore
        String entityType();

        @JsonIgnore
        long entityId();
    }

    private static final class MoneyWithCurrency extends JsonSerializer<Money> {
        @Override
        public void serialize(Money money, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeStartObject();
            json.writeNumberField("amount", money.amount());
            json.writeStringField("currency", money.currency().getCurrencyCode());
            json.writeEndObject();
        }
    }

    private static final class MoneyFromAmountAndCurrency extends JsonDeserializer<Money> {
        @Override
        public Money deserialize(JsonParser json, DeserializationContext context) throws IOException {
            JsonNode money = json.readValueAsTree();
            JsonNode amount = required(money, "amount");
            if (!amount.isNumber()) {
                throw new IllegalArgumentException("not an amount: " + amount);
            }
            return Money.of(amount.decimalValue(), required(money, "currency").asText());
        }
    }
}
