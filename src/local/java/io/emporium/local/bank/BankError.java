package io.emporium.local.bank;

import io.emporium.local.provider.Answer;
import io.emporium.local.provider.Json;

/** A refusal: a status and why, in one sentence. */
final class BankError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    BankError(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    static BankError notFound() {
        return new BankError(404, "there is no such thing");
    }

    Answer answer() {
        return failed(status, getMessage());
    }

    static Answer failed(int status, String message) {
        return new Answer(status, Json.write(Json.object("error", message)));
    }
}
