package io.emporium.payment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

/**
 * Where a customer has to transfer to, as they were told when the payment began: another account that the shop has had since
 * changes nothing for them.
 */
record TransferInstructions(
        String reference,
        String accountHolder,
        String iban,
        @Nullable String bic) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** @param told a payment's next action, while it waits for its transfer */
    static TransferInstructions of(@Nullable String told) {
        try {
            JsonNode parts = JSON.readTree(told == null ? "{}" : told);
            return new TransferInstructions(
                    parts.path("reference").asText(),
                    parts.path("account_holder").asText(),
                    parts.path("iban").asText(),
                    parts.path("bic").asText(null));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
