package io.emporium.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.resteasy.reactive.server.core.CurrentRequestManager;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.handlers.ClassRoutingHandler;
import org.jboss.resteasy.reactive.server.handlers.RestInitialHandler;
import org.jboss.resteasy.reactive.server.mapping.RequestMapper;
import org.jboss.resteasy.reactive.server.spi.ServerRestHandler;

/** The methods an address has. A 405 must name them (RFC 9110, 15.5.6), and RESTEasy does not. */
final class AllowedMethods {
    private AllowedMethods() {}

    /** Of the running request's address, as {@code Allow} has them; empty if it has none. */
    static String ofThisRequest() {
        ResteasyReactiveRequestContext request = CurrentRequestManager.get();
        if (request == null) {
            return "";
        }
        var methods = new TreeSet<String>();
        for (RequestMapper.RequestPath<RestInitialHandler.InitialMatch> resource :
                request.getDeployment().getClassMappers()) {
            var match = new RequestMapper<>(new ArrayList<>(List.of(resource))).map(request.getPathWithoutPrefix());
            if (match != null) {
                String remaining = match.remaining.isEmpty() ? "/" : match.remaining;
                for (ServerRestHandler handler : resource.value.handlers) {
                    if (handler instanceof ClassRoutingHandler routes) {
                        add(routes, remaining, methods);
                    }
                }
            }
        }
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        if (!methods.isEmpty()) {
            methods.add("OPTIONS");
        }
        return String.join(", ", methods);
    }

    private static void add(ClassRoutingHandler routes, String remaining, Set<String> methods) {
        routes.getMappers().forEach((method, mapper) -> {
            // Null stands for whatever has no method of its own.
            if (method != null && mapper.map(remaining) != null) {
                methods.add(method);
            }
        });
    }
}
