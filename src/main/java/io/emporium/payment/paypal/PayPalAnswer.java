package io.emporium.payment.paypal;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What PayPal answered to a call.
 *
 * @param body null node where it was no JSON
 * @param debugId PayPal's name for the call, for its support
 */
record PayPalAnswer(int status, JsonNode body, String debugId) {
    boolean isDone() {
        return status / 100 == 2;
    }

    /** The object asked for is not there; not merely its address, which anything on the way may say. */
    boolean isNotThere() {
        return status == 404 && body.path("name").asText().equals("RESOURCE_NOT_FOUND");
    }

    /** Refused: by this call nothing was done. */
    boolean isRefused() {
        return status == 400 || status == 422;
    }

    /** Why it was refused: {@code INSTRUMENT_DECLINED}, {@code ORDER_ALREADY_CAPTURED}, … */
    String issue() {
        String issue = body.path("details").path(0).path("issue").asText();
        return issue.isEmpty() ? body.path("name").asText("REFUSED") : issue;
    }

    /** For the log. */
    String describe() {
        return "PayPal answered " + status + " " + issue() + " (debug id " + debugId + ")";
    }
}
