package io.emporium.web;

import jakarta.annotation.Priority;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.IOException;

/**
 * What a request says in fields it says in JSON. A record of one text would also be made of {@code text/plain}, the whole
 * body taken for that text: past all that looks through JSON, and where its constructor is not public with a fault.
 */
@Provider
@Priority(Priorities.USER)
class JsonOnly implements ReaderInterceptor {
    @Override
    public Object aroundReadFrom(ReaderInterceptorContext body) throws IOException {
        MediaType type = body.getMediaType();
        if (body.getType().isRecord() && (type == null || !type.getSubtype().endsWith("json"))) {
            throw new NotSupportedException();
        }
        return body.proceed();
    }
}
