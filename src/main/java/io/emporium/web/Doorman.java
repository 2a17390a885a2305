package io.emporium.web;

import io.emporium.web.Permissions.Row;
import io.quarkus.arc.All;
import io.quarkus.security.identity.CurrentIdentityAssociation;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.Annotation;
import java.util.List;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * Lets in whom {@link Permissions} lets in: nobody else's request reaches a resource, and its body is not read. Looks up each
 * endpoint's row once, while the application is put together (of a native image: while it is built), and stops it if there is none.
 */
@Provider
public class Doorman implements DynamicFeature {
    private final CurrentIdentityAssociation identities;
    private final CurrentVertxRequest door;
    private final List<Row> further;

    /** @param further rows of the tests' own resources */
    Doorman(CurrentIdentityAssociation identities, CurrentVertxRequest door, @All List<Row> further) {
        this.identities = identities;
        this.door = door;
        this.further = further;
    }

    @Override
    public void configure(ResourceInfo resource, FeatureContext context) {
        Row row = row(endpoint(resource));
        context.register(new Check(row), Priorities.AUTHENTICATION);
    }

    private Row row(String endpoint) {
        Row row = Permissions.of(endpoint);
        return row != null
                ? row
                : further.stream()
                        .filter(one -> one.endpoint().equals(endpoint))
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException(
                                "Nothing in Permissions says who may " + endpoint + ": add its row"));
    }

    private static String endpoint(ResourceInfo resource) {
        String method = "";
        for (Annotation annotation : resource.getResourceMethod().getAnnotations()) {
            HttpMethod of = annotation.annotationType().getAnnotation(HttpMethod.class);
            if (of != null) {
                method = of.value();
            }
        }
        return method + " " + path(resource.getResourceClass().getAnnotation(Path.class))
                + path(resource.getResourceMethod().getAnnotation(Path.class));
    }

    private static String path(@Nullable Path path) {
        String value = path == null ? "" : path.value();
        return value.isEmpty() || value.startsWith("/") ? value : "/" + value;
    }

    private final class Check implements ContainerRequestFilter {
        private final Row row;

        Check(Row row) {
            this.row = row;
        }

        @Override
        public void filter(ContainerRequestContext request) {
            // Whoever is turned away here has asked for this, too.
            door.getCurrent().put(RequestMeters.ENDPOINT, row.endpoint());
            if (!row.isForAnybody()) {
                // Waits, on the resource's own thread: a virtual one. Where the rates are on it is known already.
                SecurityIdentity caller =
                        identities.getDeferredIdentity().await().indefinitely();
                if (caller.isAnonymous()) {
                    throw Faults.authenticationRequired();
                }
                // Here and not where they are found out: there it may be another thread, whose lines are others' too.
                String inLog = caller.getAttribute(Caller.PSEUDONYM);
                if (inLog != null) {
                    MDC.put("user", inLog);
                }
                if (!row.lets(caller)) {
                    throw Faults.forbidden();
                }
                if (row.wantsSecondFactorOf(caller)) {
                    throw Faults.secondFactorFirst();
                }
            }
            // The resource asks later whether in full.
            door.getCurrent().put(Permissions.ROW, row);
        }
    }
}
