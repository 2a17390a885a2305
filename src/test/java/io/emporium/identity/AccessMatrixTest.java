package io.emporium.identity;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.Shopper;
import io.emporium.web.Permissions;
import io.emporium.web.Scope;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every operation of the OpenAPI document, asked for by everybody there is. What they must be answered is read from the table in
 * docs/security.md, not from {@link Permissions}: whoever loosens a row there fails here until the document says so, too.
 */
@QuarkusTest
class AccessMatrixTest {
    private static final Path DOCUMENT = Path.of("docs/security.md");
    private static final Set<String> EVERYBODY = Set.of("customer", "support", "catalog_manager", "admin");
    private static final Pattern TOLD =
            Pattern.compile("\\| `([A-Z]+ /[^`]*)` \\| ([^|]*) \\| ([^|]*) ?\\| ([^|]*) ?\\|");

    /** What others' tests would notice: here only asked for by those who are refused. */
    private static final Set<String> NOT_DONE =
            Set.of("POST /api/v1/admin/search/rebuild", "POST /api/v1/admin/search/check");

    private static final ObjectMapper JSON = new ObjectMapper();

    @Inject
    Rows rows;

    @Inject
    SigningKey key;

    private JsonNode document;
    private Map<String, Told> told;
    private final List<String> faults = new ArrayList<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private int asked;

    /** A row of the document's table. */
    private record Told(Set<String> roles, Set<String> inFull, String scope) {
        boolean isForAnybody() {
            return roles.isEmpty();
        }

        static Told of(Matcher row) {
            return new Told(
                    roles(row.group(2)),
                    roles(row.group(3)),
                    row.group(4).replace("`", "").strip());
        }

        private static Set<String> roles(String cell) {
            return switch (cell.strip()) {
                case "anybody", "" -> Set.of();
                case "signed in" -> EVERYBODY;
                default -> Set.of(cell.strip().split(", "));
            };
        }
    }

    /**
     * An operation of the OpenAPI document.
     *
     * @param takes the content type of its body; empty: it has none
     */
    private record Operation(String method, String path, String takes) {
        boolean hasBody() {
            return !takes.isEmpty();
        }

        String name() {
            return method + " " + path;
        }
    }

    /**
     * Somebody who calls.
     *
     * @param role what they are at the moment; null: whatever they send does not hold
     * @param scopes of their API key; null: they are signed in
     * @param header in which they show who they are
     */
    private record Who(
            String name, @Nullable String role, @Nullable Set<String> scopes, String header, String shows) {
        static Who signedIn(String name, @Nullable String role, String token) {
            return new Who(name, role, null, "Authorization", "Bearer " + token);
        }

        static Who withKey(String name, @Nullable String role, Set<String> scopes, String key) {
            return new Who(name, role, scopes, "X-API-Key", key);
        }
    }

    @BeforeEach
    void read() throws IOException {
        document = JSON.readTree(given().get("/q/openapi?format=json").asString());
        told = Files.readAllLines(DOCUMENT).stream()
                .map(TOLD::matcher)
                .filter(Matcher::matches)
                .collect(Collectors.toMap(row -> row.group(1), Told::of, (a, b) -> a, LinkedHashMap::new));
    }

    private List<Operation> operations() {
        return document.path("paths").properties().stream()
                // The tests' own are none of the shop's.
                .filter(path -> !path.getKey().startsWith("/test/"))
                .flatMap(path -> path.getValue().properties().stream()
                        .map(method -> new Operation(
                                method.getKey().toUpperCase(Locale.ROOT), path.getKey(), takes(method.getValue()))))
                .toList();
    }

    private static String takes(JsonNode operation) {
        var types = operation.at("/requestBody/content").fieldNames();
        return types.hasNext() ? types.next() : "";
    }

    @Test
    void every_operation_has_its_row_and_every_row_its_operation() {
        Set<String> operations =
                operations().stream().map(Operation::name).collect(Collectors.toCollection(TreeSet::new));
        assertThat(operations).hasSizeGreaterThan(100);
        assertThat(Permissions.rows().map(Permissions.Row::endpoint)).containsExactlyInAnyOrderElementsOf(operations);
        assertThat(told.keySet()).containsExactlyInAnyOrderElementsOf(operations);
    }

    @Test
    void what_the_shop_goes_by_is_what_people_are_told() {
        Permissions.rows().forEach(row -> {
            var scope = row.scope();
            assertThat(told.get(row.endpoint()))
                    .as(row.endpoint())
                    .isEqualTo(new Told(row.roles(), row.inFull(), scope == null ? "" : scope.code()));
        });
    }

    @Test
    void money_goes_out_and_roles_are_given_by_admins_alone() {
        Stream.of(
                        "POST /api/v1/refund-requests/{refund_request_id}/approve",
                        "POST /api/v1/refund-requests/{refund_request_id}/transferred",
                        "POST /api/v1/admin/payments/attention/{issue_id}/refund",
                        "POST /api/v1/payments/bank-transfers/{reference}/confirm",
                        "POST /api/v1/payments/bank-statements",
                        "GET /api/v1/admin/audit",
                        "GET /api/v1/api-keys",
                        "POST /api/v1/api-keys",
                        "GET /api/v1/admin/users",
                        "PUT /api/v1/admin/users/{user_id}/role",
                        "PUT /api/v1/admin/users/{user_id}/active")
                .forEach(endpoint ->
                        assertThat(told.get(endpoint)).as(endpoint).isEqualTo(new Told(Set.of("admin"), Set.of(), "")));
        assertThat(told.get("POST /api/v1/payments/refund").inFull()).containsExactly("admin");
        assertThat(told.get("PUT /api/v1/orders/{order_id}/status").inFull()).containsExactly("admin");
    }

    @Test
    void everybody_is_answered_as_the_document_says() throws Exception {
        aboveWhatIsCached();
        Scene scene = new Scene();
        List<Who> callers = scene.callers();
        // Those who may do nothing come first, and the owner, whose things change then, last.
        for (String stage : List.of("GET", "others", "owner")) {
            for (Operation operation : operations()) {
                for (Who who : callers) {
                    boolean reads = operation.method().equals("GET");
                    boolean isNow =
                            reads ? stage.equals("GET") : stage.equals(who.name.equals("owner") ? "owner" : "others");
                    if (isNow) {
                        ask(scene, operation, who);
                    }
                }
            }
        }
        assertThat(faults).isEmpty();
        // Fewer would mean that the document was not understood.
        assertThat(asked).isGreaterThan(2_000);
    }

    /** Numbers that are equal as objects only by Java's own grace are no proof that they are compared as they should be. */
    private void aboveWhatIsCached() {
        for (String table : List.of(
                "users/user_id",
                "addresses/address_id",
                "orders/order_id",
                "cart_items/cart_item_id",
                "products/product_id",
                "notifications/notification_id")) {
            String name = table.substring(0, table.indexOf('/'));
            String column = table.substring(table.indexOf('/') + 1);
            rows.count("SELECT setval(pg_get_serial_sequence('" + name + "', '" + column + "'), greatest(1000, nextval("
                    + "pg_get_serial_sequence('" + name + "', '" + column + "'))))");
        }
    }

    private void ask(Scene scene, Operation operation, Who who) throws Exception {
        Told row = told.get(operation.name());
        boolean may = row.isForAnybody()
                || who.role != null
                        && row.roles().contains(who.role)
                        && (who.scopes == null || who.scopes.contains(row.scope()));
        if (may && NOT_DONE.contains(operation.name())) {
            return;
        }
        String path = operation.path();
        var request = HttpRequest.newBuilder();
        if (operation.name().equals("POST /api/v1/auth/logout") && who.role != null && who.scopes == null) {
            // They go on with the session that they have.
            request.header("Authorization", "Bearer " + scene.spare(who.name));
        } else if (!who.name.equals("nobody")) {
            request.header(who.header, who.shows);
        }
        boolean isOwn = operation.method().equals("GET")
                || who.name.equals("owner")
                || !row.roles().contains("admin")
                || row.roles().equals(EVERYBODY);
        for (Map.Entry<String, String> id : scene.ids.entrySet()) {
            path = path.replace("{" + id.getKey() + "}", isOwn ? id.getValue() : scene.nothing(id.getKey()));
        }
        path = path.replaceAll("\\{[a-z_]+\\}", "7000000001");
        // Wide of the mark, and no more: who may is not to do it.
        String body = !operation.hasBody()
                ? ""
                : operation.takes().startsWith("multipart/")
                        ? "--x\r\nContent-Disposition: form-data; name=\"nothing\"\r\n\r\nnothing\r\n--x--\r\n"
                        : "{}";
        if (operation.hasBody()) {
            request.header("Content-Type", operation.takes() + (body.startsWith("--") ? "; boundary=x" : ""));
        }
        HttpResponse<String> answer = client.send(
                request.uri(URI.create("http://localhost:" + RestAssured.port + path))
                        .method(operation.method(), HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
        asked++;
        String wrong = wrong(scene, operation, row, who, may, answer);
        if (wrong != null) {
            faults.add(operation.name() + " by " + who.name + ": " + wrong + ", but " + answer.statusCode() + " "
                    + answer.body().substring(0, Math.min(150, answer.body().length())));
        }
    }

    private static @Nullable String wrong(
            Scene scene, Operation operation, Told row, Who who, boolean may, HttpResponse<String> answer) {
        int status = answer.statusCode();
        if (status >= 500) {
            return "no fault of ours was expected";
        }
        if (row.isForAnybody()) {
            return status == 401 ? "it is for anybody" : null;
        }
        String code = status >= 400 ? JsonPath.from(answer.body()).getString("error.code") : "";
        if (!may) {
            String expected = who.role != null
                    ? "403 FORBIDDEN"
                    : who.name.equals("nobody") ? "401 AUTHENTICATION_REQUIRED" : "401 INVALID_TOKEN";
            return expected.equals(status + " " + code) ? null : expected + " was expected";
        }
        if (status == 401 || status == 403) {
            return "they may";
        }
        boolean isSomebodys =
                scene.owned.stream().anyMatch(id -> operation.path().contains("{" + id + "}"));
        if (!isSomebodys || !row.roles().equals(EVERYBODY)) {
            return null;
        }
        boolean sees = who.name.equals("owner") || row.inFull().contains(who.role);
        if (operation.method().equals("GET")) {
            return status == (sees ? 200 : 404) ? null : (sees ? "200" : "404") + " was expected: it is the owner's";
        }
        // What is not readable may be refused before anybody looks whose it is.
        return sees || status == 404 || status == 400 && operation.hasBody()
                ? null
                : "404 was expected: it is the owner's";
    }

    /** Who is there, and what they have. */
    private final class Scene {
        final Map<String, String> ids = new LinkedHashMap<>();
        final Map<String, Customers.Customer> people = new LinkedHashMap<>();
        /** Whose rows are one customer's. */
        final Set<String> owned = Set.of(
                "address_id",
                "order_id",
                "cart_item_id",
                "notification_id",
                "transaction_reference",
                "session_id",
                "payment_method_id");

        private final Shopper owner;

        Scene() {
            Shopper admin = Shopper.admin();
            long product = admin.createProduct("10.00", 100);
            owner = Shopper.registered();
            assertThat(owner.userId).isGreaterThan(127);
            long order = owner.paidOrder(product, 1);
            assertThat(order).isGreaterThan(127);
            owner.putIntoCart(product, 1).then().statusCode(201);
            ids.put("product_id", String.valueOf(product));
            ids.put("order_id", String.valueOf(order));
            ids.put("address_id", String.valueOf(owner.addressId()));
            ids.put(
                    "cart_item_id",
                    owner.request()
                            .get("/api/v1/cart")
                            .path("data.items[0].cart_item_id")
                            .toString());
            ids.put(
                    "transaction_reference",
                    owner.request()
                            .get("/api/v1/orders/" + order + "/transactions")
                            .path("data.transactions[0].transaction_id"));
            // Another one than the one they go on with.
            spare("owner");
            ids.put(
                    "session_id",
                    owner.request()
                            .get("/api/v1/users/me/sessions")
                            .path("data.sessions.find { !it.current }.session_id"));
            ids.put("payment_method_id", "pm_7000000001");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> owner.request().get("/api/v1/notifications").path("data.notifications[0]") != null);
            ids.put(
                    "notification_id",
                    owner.request()
                            .get("/api/v1/notifications")
                            .path("data.notifications[0].notification_id")
                            .toString());
            for (String role : EVERYBODY) {
                Customers.Customer one = Customers.aCustomer();
                rows.update("UPDATE users SET role = ? WHERE user_id = ?", role, one.userId());
                people.put(role, one);
            }
        }

        /** Of nothing. */
        String nothing(String id) {
            return switch (id) {
                case "session_id" -> "00000000-0000-4000-8000-000000000001";
                case "payment_method_id" -> "pm_7000000001";
                default -> "7000000001";
            };
        }

        /** Another session of theirs. */
        String spare(String name) {
            return name.equals("owner")
                    ? Customers.signIn(owner.email, Shopper.PASSWORD).token()
                    : Customers.signIn(people.get(name).email(), Customers.PASSWORD)
                            .token();
        }

        List<Who> callers() throws Exception {
            List<Who> callers = new ArrayList<>();
            callers.add(Who.signedIn("nobody", null, ""));
            Customers.Customer disabled = Customers.aCustomer();
            rows.update("UPDATE users SET is_active = FALSE, role = 'admin' WHERE user_id = ?", disabled.userId());
            callers.add(Who.signedIn("disabled", null, disabled.token()));
            Customers.Customer loggedOut = Customers.aCustomer();
            rows.update("UPDATE users SET role = 'admin' WHERE user_id = ?", loggedOut.userId());
            loggedOut.asks().post("/api/v1/auth/logout").then().statusCode(200);
            callers.add(Who.signedIn("logged out", null, loggedOut.token()));
            String admins = people.get("admin").token();
            callers.add(Who.signedIn("expired", null, changed(admins, claims -> {
                claims.setClaim("iat", Instant.now().getEpochSecond() - 600);
                claims.setClaim("exp", Instant.now().getEpochSecond() - 300);
            })));
            callers.add(Who.signedIn(
                    "wrong audience", null, changed(admins, claims -> claims.setAudience("another-shop"))));
            EVERYBODY.stream()
                    .sorted()
                    .forEach(role -> callers.add(
                            Who.signedIn(role, role, people.get(role).token())));
            callers.add(Who.signedIn("owner", "customer", owner.token));
            keys(callers);
            return callers;
        }

        private void keys(List<Who> callers) {
            Customers.Customer admin = people.get("admin");
            for (Scope scope : Scope.values()) {
                callers.add(
                        Who.withKey("key " + scope.code(), "admin", Set.of(scope.code()), key(admin, scope.code())));
            }
            String[] all = Stream.of(Scope.values()).map(Scope::code).toArray(String[]::new);
            String revoked = key(admin, all);
            rows.update("UPDATE api_keys SET revoked_at = now() WHERE prefix = ?", revoked.substring(0, 12));
            callers.add(Who.withKey("revoked key", null, Set.of(all), revoked));
            String expired = key(admin, all);
            rows.update(
                    "UPDATE api_keys SET expires_at = now() - interval '1 s' WHERE prefix = ?",
                    expired.substring(0, 12));
            callers.add(Who.withKey("expired key", null, Set.of(all), expired));
            callers.add(Who.withKey("made-up key", null, Set.of(all), "emp_12345678_" + "x".repeat(43)));
            // Whoever is no admin any more has keys that are none any more.
            Customers.Customer was = Customers.aCustomer();
            rows.update("UPDATE users SET role = 'admin' WHERE user_id = ?", was.userId());
            String deposed = key(was, all);
            rows.update("UPDATE users SET role = 'customer' WHERE user_id = ?", was.userId());
            callers.add(Who.withKey("key of who was an admin", null, Set.of(all), deposed));
            Customers.Customer locked = Customers.aCustomer();
            rows.update("UPDATE users SET role = 'admin' WHERE user_id = ?", locked.userId());
            String theirs = key(locked, all);
            rows.update("UPDATE users SET is_active = FALSE WHERE user_id = ?", locked.userId());
            callers.add(Who.withKey("key of a locked account", null, Set.of(all), theirs));
        }

        private static String key(Customers.Customer admin, String... scopes) {
            return admin.asks()
                    .body(Map.of("name", "matrix", "scopes", scopes, "password", Customers.PASSWORD))
                    .post("/api/v1/api-keys")
                    .then()
                    .statusCode(201)
                    .extract()
                    .path("data.key");
        }

        private String changed(String token, Consumer<JwtClaims> change) throws Exception {
            var claims = JwtClaims.parse(
                    new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8));
            change.accept(claims);
            var signature = new JsonWebSignature();
            signature.setPayload(claims.toJson());
            signature.setHeader("typ", "at+jwt");
            signature.setHeader("kid", key.id());
            signature.setAlgorithmHeaderValue("RS256");
            signature.setKey(key.privateKey());
            return signature.getCompactSerialization();
        }
    }
}
