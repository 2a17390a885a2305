package io.emporium.local.provider;

/** What goes back to the client: a status and a JSON body. */
public record Answer(int status, String body) {
    public static Answer ok(Object view) {
        return new Answer(200, Json.write(view));
    }
}
