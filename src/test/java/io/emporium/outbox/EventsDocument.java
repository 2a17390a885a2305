package io.emporium.outbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.emporium.catalog.CatalogEvent;
import io.emporium.shared.Money;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What docs/events.md says of each event, made from the records themselves: fields, types, and an example as it is sent. */
final class EventsDocument {
    private static final Instant AT = Instant.parse("2026-01-15T10:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What stands for itself nowhere. */
    private static final Map<String, String> TOLD = Map.ofEntries(
            Map.entry("order.placed", "The stock is reserved; the order waits for its payment."),
            Map.entry("order.confirmed", "The order is paid."),
            Map.entry("order.processing", "The shop has begun to pack it."),
            Map.entry("order.shipped", "It is on its way."),
            Map.entry("order.delivered", "The customer has it."),
            Map.entry("order.cancelled", "Its stock is free again; what was paid goes back."),
            Map.entry("payment.completed", "The money is the shop's."),
            Map.entry("payment.failed", "The provider said no; the order can still be paid."),
            Map.entry(
                    "payment.transfer_awaited",
                    "The customer was told where to transfer the money; the order waits for it."),
            Map.entry(
                    "payment.transfer_due",
                    "The transfer has not come and the order's time is nearly up. Once an attempt."),
            Map.entry("payment.disputed", "A customer has asked their bank for the money back."),
            Map.entry("payment.dispute_closed", "The bank has decided."),
            Map.entry("refund.succeeded", "Money went back to the customer."),
            Map.entry("product.created", "A product is on sale."),
            Map.entry("product.changed", "Something about it is another: ask the catalogue what."),
            Map.entry(
                    "product.imported",
                    "A merchant's file has created or changed many at once: one event, and none of product.created and"
                            + " product.changed for these."),
            Map.entry("product.withdrawn", "It is no longer sold."),
            Map.entry("inventory.low", "Few are left. Once each time a product gets there from above."),
            Map.entry("inventory.sold_out", "None is left. Once each time a product gets there from above."),
            Map.entry("user.identity_linked", "Somebody can sign in at another provider from now on."),
            Map.entry(
                    "user.identity_unlinked", "What somebody shows at another provider opens their account no longer."),
            Map.entry("user.password_changed", "Somebody has chosen another password."),
            Map.entry(
                    "user.password_reset_requested",
                    "Somebody says that they have forgotten the password of an account."),
            Map.entry(
                    "user.recovery_code_used",
                    "Somebody has shown a recovery code in their authenticator app's stead."),
            Map.entry("user.second_factor_on", "Somebody's sign-in takes a code of an authenticator app, too."),
            Map.entry(
                    "user.second_factor_off",
                    "Somebody's password alone will do again: by themselves, or by an admin."),
            Map.entry("user.registered", "Somebody has opened an account. Personal data stays in the shop's database."),
            Map.entry("user.verification_requested", "Somebody wants the mail that verifies their address once more."));

    private static final Map<String, Object> VALUES = Map.ofEntries(
            Map.entry("orderId", 1L),
            Map.entry("userId", 2L),
            Map.entry("productId", 3L),
            Map.entry("refundId", 4L),
            Map.entry("disputeId", 5L),
            Map.entry("version", 7L),
            Map.entry("products", List.of(new CatalogEvent.Imported(3L, 7L, true))),
            Map.entry("orderNumber", "ORD-2026-0001"),
            Map.entry("total", Money.of(new BigDecimal("2599.98"), "USD")),
            Map.entry("amount", Money.of(new BigDecimal("2599.98"), "USD")),
            Map.entry("carrier", "UPS"),
            Map.entry("trackingNumber", "1Z999AA10123456784"),
            Map.entry("estimatedDelivery", LocalDate.of(2026, 1, 20)),
            Map.entry("reason", "customer"),
            Map.entry("transactionReference", "pay_0b9e2f6c41d84f3aa2f40b9e2f6c41d8"),
            Map.entry("paymentMethod", "credit_card"),
            Map.entry("declineCode", "card_declined"),
            Map.entry("evidenceDueBy", Instant.parse("2026-01-29T10:00:00Z")),
            Map.entry("status", "won"),
            Map.entry("accountHolder", "Emporium Demo Shop"),
            Map.entry("iban", "DE89370400440532013000"),
            Map.entry("bic", "COBADEFF"),
            Map.entry("reference", "RF18ORD20260001A1B2C3"),
            Map.entry("dueBy", Instant.parse("2026-01-22T10:00:00Z")),
            Map.entry("sku", "LAMP-BRASS-01"),
            Map.entry("left", 3),
            Map.entry("threshold", 5),
            Map.entry("id", UUID.fromString("0b9e2f6c-41d8-4f3a-a2f4-7d1c5b8e9a10")),
            Map.entry("at", AT));

    /** What a field is, where its name and type do not say it. */
    private static final Map<String, String> MEANINGS = Map.ofEntries(
            Map.entry("id", "the same as the envelope's"),
            Map.entry("at", "the same as the envelope's time"),
            Map.entry("order_id", "the order"),
            Map.entry("user_id", "whose it is"),
            Map.entry("product_id", "the product"),
            Map.entry("order_number", "as the customer knows it"),
            Map.entry("total", "what the order costs"),
            Map.entry("amount", "how much money it is about"),
            Map.entry("carrier", "null where it was not named"),
            Map.entry("tracking_number", "null where there is none"),
            Map.entry("estimated_delivery", "null where it is not known"),
            Map.entry("transaction_reference", "the shop's own name for the payment"),
            Map.entry("payment_method", "credit_card, paypal or bank_transfer"),
            Map.entry("decline_code", "the provider's word for it; null where it gave none"),
            Map.entry("refund_id", "the refund"),
            Map.entry("dispute_id", "the dispute"),
            Map.entry("evidence_due_by", "until when it can be answered; null where the bank does not say"),
            Map.entry("account_holder", "whose account it goes to"),
            Map.entry("iban", "the account, without spaces"),
            Map.entry("bic", "null where it is not needed"),
            Map.entry("reference", "what the customer writes on the transfer"),
            Map.entry("due_by", "when the order is cancelled unless the money has come"),
            Map.entry("version", "grows with each change of the product: one that is not greater is old news"),
            Map.entry(
                    "products",
                    "1 to 500, each once; `version` grows with each change of the product, `is_new`: created, not changed"),
            Map.entry("sku", "the shop's number for the product"),
            Map.entry("left", "pieces; 0 where the last ones went at once"),
            Map.entry("threshold", "pieces that count as few, as it was set then"));

    private final CloudEvents cloudEvents = new CloudEvents();

    /** Everything that the shop's code can tell, in the order of its names. */
    static List<DomainEvent> all() {
        List<DomainEvent> events = new ArrayList<>();
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.emporium").stream()
                        .filter(type -> type.isAssignableTo(DomainEvent.class) && type.isRecord())
                        .map(type -> sample(type.reflect()))
                        .forEach(events::add);
        events.sort(Comparator.comparing(DomainEvent::type));
        return events;
    }

    private static DomainEvent sample(Class<?> record) {
        try {
            RecordComponent[] parts = record.getRecordComponents();
            Object[] values = Arrays.stream(parts)
                    .map(part -> Objects.requireNonNull(VALUES.get(part.getName()), "no example of " + part))
                    .toArray();
            var made = record.getDeclaredConstructor(
                    Arrays.stream(parts).map(RecordComponent::getType).toArray(Class<?>[]::new));
            made.setAccessible(true);
            return (DomainEvent) made.newInstance(values);
        } catch (ReflectiveOperationException broken) {
            throw new IllegalStateException(record.getName(), broken);
        }
    }

    String section(DomainEvent event) {
        try {
            JsonNode envelope = JSON.readTree(cloudEvents.write(event));
            var section = new StringBuilder("### `" + event.type() + "`\n\n");
            section.append(Objects.requireNonNull(TOLD.get(event.type()), event.type()))
                    .append("\n\n");
            section.append("| field of `data` | type | |\n|---|---|---|\n");
            for (RecordComponent part : event.getClass().getRecordComponents()) {
                String name = part.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
                if (!envelope.path("data").has(name)) {
                    throw new IllegalStateException(event.type() + " has no " + name);
                }
                section.append("| `" + name + "` | " + type(part) + " | " + meaning(event, name) + " |\n");
            }
            return section + "\n```json\n"
                    + JSON.writerWithDefaultPrettyPrinter().writeValueAsString(ordered(event)) + "\n```\n";
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    // Amounts keep their two decimals.
    private JsonNode ordered(DomainEvent event) throws JsonProcessingException {
        return com.fasterxml.jackson.databind.json.JsonMapper.builder()
                .enable(com.fasterxml.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(com.fasterxml.jackson.databind.cfg.JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .build()
                .readTree(cloudEvents.write(event));
    }

    private static String type(RecordComponent part) {
        String type = switch (part.getType().getSimpleName()) {
            case "long" -> "integer, 64 bits";
            case "int" -> "integer";
            case "String" -> "string";
            case "UUID" -> "string, a UUID";
            case "Instant" -> "string, a moment in UTC (RFC 3339)";
            case "LocalDate" -> "string, a day (`2026-01-20`)";
            case "Money" -> "money";
            case "List" -> "list of `{product_id, version, is_new}`";
            default -> throw new IllegalStateException("not told how it is sent: " + part);
        };
        return part.getAnnotatedType().isAnnotationPresent(Nullable.class) ? type + ", or null" : type;
    }

    private static String meaning(DomainEvent event, String name) {
        return switch (event.type() + " " + name) {
            case "order.cancelled reason" -> "customer, admin, expired or refunded";
            case "payment.disputed reason" -> "the bank's word for it";
            case "payment.dispute_closed status" ->
                "won, lost, warning_closed or prevented (the last two: the money was never taken)";
            default -> Objects.requireNonNull(MEANINGS.get(name), event.type() + " " + name);
        };
    }
}
