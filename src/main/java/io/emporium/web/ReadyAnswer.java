package io.emporium.web;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import org.jboss.resteasy.reactive.RestResponse;

/** An {@link Answer} whose data was written before: it is sent as it is, and not made into objects to be written once more. */
final class ReadyAnswer {
    static final String CONTENT_TYPE = "application/json;charset=UTF-8";
    private static final byte[] BEFORE = "{\"success\":true,\"data\":".getBytes(US_ASCII);

    private ReadyAnswer() {}

    /** @param data a JSON value, in UTF-8 */
    static byte[] body(byte[] data) {
        var body = new ByteArrayOutputStream(BEFORE.length + data.length + 1);
        body.writeBytes(BEFORE);
        body.writeBytes(data);
        body.write('}');
        return body.toByteArray();
    }

    /** @param <T> what the data is written of, for the OpenAPI document */
    @SuppressWarnings("unchecked")
    static <T> RestResponse.ResponseBuilder<Answer<T>> of(byte[] body) {
        // A string is what the JSON writer sends as it is.
        RestResponse.ResponseBuilder<?> answer = RestResponse.ResponseBuilder.ok((Object) new String(body, UTF_8));
        return ((RestResponse.ResponseBuilder<Answer<T>>) answer)
                .header("Content-Type", CONTENT_TYPE)
                // Otherwise whatever fills a buffer goes out in parts.
                .header("Content-Length", body.length);
    }
}
