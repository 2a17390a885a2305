package io.emporium.web;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import org.jboss.resteasy.reactive.RestResponse;

/** An {@link Answer} whose data was written before: it is sent as it is, and not made into objects to be written once more. */
public final class ReadyAnswer {
    private static final byte[] BEFORE = "{\"success\":true,\"data\":".getBytes(US_ASCII);

    private ReadyAnswer() {}

    /**
     * @param data a JSON value of what a T is written as, in UTF-8
     * @param <T> for the OpenAPI document
     */
    @SuppressWarnings("unchecked")
    public static <T> RestResponse.ResponseBuilder<Answer<T>> of(byte[] data) {
        var body = new ByteArrayOutputStream(BEFORE.length + data.length + 1);
        body.writeBytes(BEFORE);
        body.writeBytes(data);
        body.write('}');
        // A string is what the JSON writer sends as it is.
        RestResponse.ResponseBuilder<?> answer = RestResponse.ResponseBuilder.ok((Object) body.toString(UTF_8));
        return ((RestResponse.ResponseBuilder<Answer<T>>) answer)
                .header("Content-Type", "application/json;charset=UTF-8");
    }
}
