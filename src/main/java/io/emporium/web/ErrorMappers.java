package io.emporium.web;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.emporium.shared.CardNumbers;
import io.emporium.shared.Refusal;
import io.quarkus.hibernate.validator.runtime.jaxrs.ResteasyReactiveViolationException;
import io.quarkus.logging.Log;
import io.quarkus.security.AuthenticationCompletionException;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import jakarta.persistence.OptimisticLockException;
import jakarta.validation.ValidationException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.CharConversionException;
import java.util.List;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jspecify.annotations.Nullable;

/** Puts every failure of a resource into the envelope. Each method takes a kind that Quarkus would answer otherwise. */
class ErrorMappers {
    static final String REPLAYED = "Idempotency-Replayed";

    @ServerExceptionMapper
    public Response refused(Refusal refusal) {
        return Failure.answer(refusal);
    }

    @ServerExceptionMapper
    public Response replayed(Idempotency.Replay replay) {
        return Response.status(replay.status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .header(REPLAYED, "true")
                .entity(replay.answer)
                .build();
    }

    @ServerExceptionMapper({MismatchedInputException.class, CharConversionException.class})
    public Response unreadable(Exception body) {
        return Failure.answer(
                body instanceof JacksonException json
                        ? BadInput.of(json)
                        : Faults.malformed("The request's body is not well-formed JSON"));
    }

    @ServerExceptionMapper
    public Response invalid(ValidationException invalid, Request request, UriInfo uri) {
        // Only those of the resource's own parameters are the client's doing; one thrown by an entity is ours.
        Refusal refusal = invalid instanceof ResteasyReactiveViolationException violations
                ? BadInput.of(violations.getConstraintViolations())
                : null;
        return refusal == null ? any(invalid, request, uri) : Failure.answer(refusal);
    }

    @ServerExceptionMapper
    public Response changedMeanwhile(OptimisticLockException lost, HttpHeaders headers) {
        return Failure.answer(
                headers.getHeaderString(HttpHeaders.IF_MATCH) == null
                        ? Faults.refusal(lost)
                        : new Refusal(Refusal.Code.VERSION_CONFLICT, "It has changed since you read it"));
    }

    @ServerExceptionMapper({
        UnauthorizedException.class,
        AuthenticationFailedException.class,
        AuthenticationCompletionException.class,
        ForbiddenException.class
    })
    public Response unauthorized(SecurityException security) {
        return Failure.answer(Faults.refusal(security));
    }

    @ServerExceptionMapper
    public Response ofFramework(
            WebApplicationException framework, ResourceInfo resource, Request request, UriInfo uri) {
        Response chosen = framework.getResponse();
        if (chosen.getStatus() < 400 || chosen.getEntity() instanceof Failure) {
            return chosen;
        }
        Throwable cause = framework.getCause();
        if (framework instanceof NotFoundException && cause != null) {
            return Failure.answer(unreadableParameter(resource, uri));
        }
        if (chosen.getStatus() == 400 && cause instanceof JacksonException json) {
            // What Jackson cannot make of a class of ours is no fault of the client's.
            return json instanceof InvalidDefinitionException
                    ? any(json, request, uri)
                    : Failure.answer(BadInput.of(json));
        }
        if (chosen.getStatus() >= 500 && chosen.getStatus() != 503) {
            return any(framework, request, uri);
        }
        Response answer = Failure.answer(Faults.ofStatus(chosen.getStatus()));
        String allowed = chosen.getStatus() == 405 ? AllowedMethods.ofThisRequest() : "";
        return allowed.isEmpty()
                ? answer
                : Response.fromResponse(answer)
                        .header(HttpHeaders.ALLOW, allowed)
                        .build();
    }

    // RESTEasy answers an unreadable query parameter like an unknown path; a client that paged by "abc" is told so.
    private static Refusal unreadableParameter(@Nullable ResourceInfo resource, UriInfo uri) {
        java.lang.reflect.Method method = resource == null ? null : resource.getResourceMethod();
        List<BadInput.Field> unreadable =
                method == null ? List.of() : BadInput.unreadableQuery(method, uri.getQueryParameters());
        return unreadable.isEmpty() ? Faults.notFound() : BadInput.of(unreadable);
    }

    @ServerExceptionMapper
    public Response any(Throwable fault, Request request, UriInfo uri) {
        Refusal refusal = Faults.refusal(fault);
        switch (refusal.code()) {
            case INTERNAL_SERVER_ERROR ->
                Log.errorf(fault, "%s %s failed", request.getMethod(), CardNumbers.masked(uri.getPath()));
            // An outage would fill the log with the same trace; its first line says enough.
            case SERVICE_UNAVAILABLE ->
                Log.warnf("%s %s is unavailable: %s", request.getMethod(), CardNumbers.masked(uri.getPath()), fault);
            default -> Log.debugf(fault, "%s %s refused", request.getMethod(), CardNumbers.masked(uri.getPath()));
        }
        return Failure.answer(refusal);
    }
}
