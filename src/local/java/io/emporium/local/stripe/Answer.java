package io.emporium.local.stripe;

/** What goes back to the client: a status and a JSON body. */
record Answer(int status, String body) {
    static Answer ok(Object view) {
        return new Answer(200, Json.write(view));
    }
}
