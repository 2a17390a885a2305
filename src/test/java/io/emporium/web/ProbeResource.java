package io.emporium.web;

import io.emporium.shared.Refusal;
import io.quarkus.logging.Log;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.persistence.EntityManager;
import jakarta.persistence.OptimisticLockException;
import jakarta.transaction.Transactional;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.logging.MDC;

/** A resource of the tests alone: what the door does is asked of it, so that the module is tested without the others. */
@Path("/api/v1/probe")
@RunOnVirtualThread
public class ProbeResource {
    public static final Semaphore ASKED = new Semaphore(0);
    public static final Semaphore MAY_ANSWER = new Semaphore(0);

    public enum Colour {
        RED,
        GREEN
    }

    public record Line(
            @Min(1) @Max(999) int quantity, @NotNull Colour colour) {}

    public record Order(
            @NotBlank @Size(max = 100) @PlainText String customerName,
            @NotNull @Digits(integer = 8, fraction = 2) BigDecimal expectedTotal,
            long productId,
            boolean isGift,
            @NotEmpty @Size(max = 5) List<@Valid @NotNull Line> orderLines) {}

    private final EntityManager database;
    private final AuditLog audit;
    private final RateLimits limits;

    ProbeResource(EntityManager database, AuditLog audit, RateLimits limits) {
        this.database = database;
        this.audit = audit;
        this.limits = limits;
    }

    @POST
    @Path("/orders/{user}")
    @Operation(hidden = true)
    public Answer<Void> limited(@PathParam("user") long user) {
        limits.check(RateLimits.Kind.ORDERS, user);
        return Answer.done("ordered");
    }

    @POST
    @Path("/login/{account}")
    @Operation(hidden = true)
    public Answer<Void> login(@PathParam("account") String account) {
        limits.checkLogin(account);
        return Answer.done("tried");
    }

    @POST
    @Operation(hidden = true)
    public Answer<Order> order(@Valid @NotNull Order order, @HeaderParam("X-Colour") @Size(max = 5) String colour) {
        return Answer.of(order);
    }

    @GET
    @Path("/{id}")
    @Operation(hidden = true)
    public Answer<Long> one(
            @PathParam("id") @Min(1) long id,
            @QueryParam("page") @DefaultValue("1") @Min(1) @Max(100) int page,
            @QueryParam("min_price") BigDecimal minPrice) {
        return Answer.of(id);
    }

    @POST
    @Path("/raw")
    @Operation(hidden = true)
    public Answer<Integer> raw(byte[] body) {
        return Answer.of(body.length);
    }

    /** Says that it was asked, and answers when it may, a minute later at the latest. */
    @GET
    @Path("/slow")
    @Operation(hidden = true)
    public Answer<Void> slow() throws InterruptedException {
        ASKED.release();
        MAY_ANSWER.tryAcquire(1, TimeUnit.MINUTES);
        return Answer.done("done");
    }

    @GET
    @Path("/request-id")
    @Operation(hidden = true)
    public Answer<Map<String, String>> requestId() {
        return Answer.of(Map.of(
                "current",
                String.valueOf(RequestIds.current()),
                "log",
                String.valueOf(MDC.get("request_id")),
                "virtual",
                String.valueOf(Thread.currentThread().isVirtual())));
    }

    @GET
    @Path("/logs")
    @Operation(hidden = true)
    public Answer<Void> logs() {
        Log.info("Somebody asked");
        return Answer.done("done");
    }

    @POST
    @Path("/audit")
    @Transactional
    @Operation(hidden = true)
    public Answer<Void> audited() {
        audit.record("probe.done", "probe", 7, null, Map.of("a", 1));
        return Answer.done("done");
    }

    @GET
    @Path("/fails/{how}")
    @Operation(hidden = true)
    public Answer<Void> fails(@PathParam("how") String how) throws Exception {
        throw switch (how) {
            case "refusal" ->
                new Refusal(
                        Refusal.Code.REQUEST_IN_PROGRESS, "wait", Map.of("why", "because"), Duration.ofMillis(1_200));
            case "replay" -> new Idempotency.Replay(201, "{\"success\":true,\"data\":{\"n\":1.50}}");
            case "no-database" ->
                new RuntimeException(new SQLException("Connection to localhost:5432 refused", "08001"));
            case "pool" ->
                new IllegalStateException(new SQLException("Acquisition timeout while waiting for new connection"));
            case "deadlock" -> new RuntimeException(new SQLException("deadlock detected", "40P01"));
            case "lock" -> new RuntimeException(new SQLException("lock not available", "55P03"));
            case "constraint" ->
                new RuntimeException(new SQLException("duplicate key violates users_email_key", "23505"));
            case "optimistic" -> new OptimisticLockException("secret entity");
            default -> new IllegalStateException("secret of ours");
        };
    }

    @GET
    @Path("/sql/{number}")
    @Transactional
    @Operation(hidden = true)
    public Answer<Object> sql(@PathParam("number") String number) {
        return Answer.of(database.createNativeQuery("SELECT CAST(:n AS integer)")
                .setParameter("n", number)
                .getSingleResult());
    }

    @GET
    @Path("/private")
    @Operation(hidden = true)
    public Answer<Void> signedIn() {
        return Answer.done("hello");
    }

    @GET
    @Path("/admin")
    @Operation(hidden = true)
    public Answer<Void> admin() {
        return Answer.done("hello");
    }
}
