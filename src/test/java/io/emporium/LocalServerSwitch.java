package io.emporium;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.eclipse.microprofile.config.ConfigProvider;

/** Takes one of the local servers away and brings it back, with its data and on its port. */
public final class LocalServerSwitch {
    private final String server;

    /** @param server postgres, redis, rabbitmq, search, smtp, s3, stripe, paypal, bank, twilio, fcm or oidc */
    public LocalServerSwitch(String server) {
        this.server = server;
    }

    public void stop() {
        turn("stop");
    }

    public void start() {
        turn("start");
    }

    private void turn(String action) {
        String page = ConfigProvider.getConfig().getValue("EMPORIUM_LOCAL_PAGE", String.class);
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(page + "/servers/" + server + "/" + action))
                            .header("X-Emporium-Local", "1")
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 300) {
                throw new IllegalStateException(
                        action + " " + server + ": " + answer.statusCode() + " " + answer.body());
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
