package io.emporium.web;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.inject.Singleton;

/**
 * Who asks for HTTP/2 on a connection without TLS is answered by HTTP/1.1, as is allowed. Vert.x looks at such a request
 * before we do and refuses one with a mistake in it by an answer of its own, which has no envelope and no request id.
 */
@Singleton
class NoUpgrades implements HttpServerOptionsCustomizer {
    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        options.setHttp2ClearTextEnabled(false);
    }
}
