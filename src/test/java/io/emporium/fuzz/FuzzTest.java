package io.emporium.fuzz;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.emporium.Canary;
import io.emporium.Invariants;
import io.emporium.LocalServers;
import io.emporium.LogLines;
import io.emporium.Shopper;
import io.emporium.fuzz.Document.Operation;
import io.emporium.fuzz.RawHttp.Answer;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/**
 * Every operation of the OpenAPI document, with what fits, what nearly fits and what does not, by nobody, customers and
 * staff, four at once. Whatever comes: no fault of ours, an answer as the document has it, no statement that PostgreSQL
 * does not understand, nobody called whom a stranger named.
 *
 * <p>{@code -Dfuzz.requests=20000} for the whole of it, {@code -Dfuzz.seed=…} for one that was printed.
 */
@QuarkusTest
class FuzzTest {
    private static final Set<String> SEARCHES = Set.of("GET /api/v1/products/search", "GET /api/v1/products/suggest");
    private static final int REQUESTS = Integer.getInteger("fuzz.requests", 3_000);
    private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());
    private static final int AT_ONCE = 4;
    private static final Path POSTGRES_LOG = LocalServers.DATA.resolve("log").resolve("postgres.log");

    /** What money outside of the shop is said to have done: the bank's own books would know nothing of it. */
    private static final Set<String> ONLY_WRONG = Set.of("POST /api/v1/payments/bank-transfers/{reference}/confirm");

    /** Where there is one of them in a body a password is looked at. */
    private static final List<String> PASSWORDS = List.of("password", "current_password");

    /** With these in its path it would be the address of another operation, or of none. */
    private static final Set<String> LEADS_ELSEWHERE =
            Set.of("", ".", "..", "%2e%2e", "%2f", "..%2f..%2fetc%2fpasswd", "%20", " ");

    @TestHTTPResource
    URI door;

    @Inject
    Invariants invariants;

    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final Map<Integer, AtomicInteger> statuses = new ConcurrentSkipListMap<>();
    private final Map<String, AtomicInteger> taken = new ConcurrentSkipListMap<>();
    private final AtomicInteger next = new AtomicInteger();

    private Document document;
    private List<Operation> operations;
    private Values values;

    /** Somebody who asks; signed in anew when what was asked for took the session away. */
    private final class Asker {
        private final String role;
        private Shopper shopper;

        Asker(String role) {
            this.role = role;
            arrive();
        }

        void arrive() {
            shopper = Newcomers.registered();
            values.know("user_id", String.valueOf(shopper.userId));
            if (!role.equals("customer")) {
                Shopper.admin()
                        .json()
                        .body(Map.of("role", role))
                        .put("/api/v1/admin/users/" + shopper.userId + "/role")
                        .then()
                        .statusCode(200);
            }
        }
    }

    /** A request as it is sent, and who sends it; null for nobody. */
    private record Sent(Operation operation, String method, Asker asker, byte[] bytes, boolean isPlain) {
        /** What is no HTTP the server itself refuses, bare. */
        boolean isHttp() {
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            return text.substring(0, text.indexOf("\r\n\r\n"))
                    .chars()
                    .allMatch(c -> c >= ' ' && c < 0x7f || c == '\r' || c == '\n');
        }
    }

    @Test
    void whatever_comes_the_answer_is_one_that_the_document_promises() throws Exception {
        System.out.println("Fuzz: " + REQUESTS + " requests, -Dfuzz.seed=" + SEED);
        document = new Document(given().get("/q/openapi?format=json").asString());
        operations = document.operations();
        long logged = Files.size(POSTGRES_LOG);
        try (var canary = new Canary();
                var log = LogLines.listen()) {
            values = new Values(document, canary.addresses());
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                threads.add(Thread.ofPlatform().name("fuzz-" + i).start(this::ask));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            System.out.println("Fuzz: " + statuses + ", taken by " + taken.size() + " of " + operations.size()
                    + " operations; never by "
                    + operations.stream()
                            .map(Operation::name)
                            .filter(name -> !taken.containsKey(name))
                            .toList());
            Files.write(Path.of("target", "fuzz-faults.txt"), faults);

            assertThat(faults.stream().limit(40)).as("seed " + SEED).isEmpty();
            // Fewer would mean that the document was not understood, or that something was wrong with every request.
            assertThat(statuses.values().stream().mapToInt(AtomicInteger::get).sum())
                    .isEqualTo(REQUESTS);
            // Those that were told to come again: a busy machine, not a door that stays shut.
            assertThat(statuses.getOrDefault(503, new AtomicInteger()).get()).isLessThanOrEqualTo(REQUESTS / 20);
            // 61 to 69 of 126 were seen, two of these with one seed: four ask at once.
            assertThat(taken).hasSizeGreaterThan(operations.size() / 3);
            canary.hasHeardNobody();
            // A message of ours, of strangers' making, is neither read as a template nor as a second line.
            assertThat(log.lines()).noneMatch(line -> line.contains("Authorization") || line.contains("Bearer "));
        }
        assertThat(misunderstood(logged)).isEmpty();
        values.all("campaign_id").forEach(id -> Shopper.admin().json().post("/api/v1/campaigns/" + id + "/cancel"));
        invariants.hold();
    }

    /** What PostgreSQL could not read: the words of somebody else in a statement of ours. */
    private static List<String> misunderstood(long from) throws IOException {
        byte[] log = Files.readAllBytes(POSTGRES_LOG);
        return new String(log, (int) from, (int) (log.length - from), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("syntax error")
                        || line.contains("unterminated")
                        || line.contains("does not exist at character")
                        || line.contains("operator does not exist")
                        || line.contains("invalid regular expression"))
                .toList();
    }

    private void ask() {
        List<Asker> askers = new ArrayList<>();
        for (String role : List.of("customer", "customer", "admin", "admin", "support", "catalog_manager")) {
            askers.add(new Asker(role));
        }
        try (var line = new RawHttp(door.getPort())) {
            for (int i = next.getAndIncrement(); i < REQUESTS; i = next.getAndIncrement()) {
                RandomGenerator chance = new SplittableRandom(SEED * 1_000_003 + i);
                // All of them in turn, the first time.
                Operation operation = operations.get((i + (int) Math.floorMod(SEED, 1_000L)) % operations.size());
                Asker asker = chance.nextInt(8) == 0 ? null : fitting(chance, operation, askers);
                Sent sent = request(chance, operation, asker);
                judge(i, sent, answer(i, line, sent));
            }
        } catch (IOException closing) {
            faults.add("closing: " + closing);
        } catch (RuntimeException | AssertionError fault) {
            faults.add("the fuzzer itself: " + fault);
        }
    }

    /** Mostly somebody who may. */
    private static Asker fitting(RandomGenerator chance, Operation operation, List<Asker> askers) {
        JsonNode roles = operation.node().path("x-roles");
        for (int i = 0; i < 6; i++) {
            Asker asker = Values.one(chance, askers);
            if (roles.isMissingNode() || roles.toString().contains("\"" + asker.role + "\"")) {
                return asker;
            }
        }
        return Values.one(chance, askers);
    }

    private Answer answer(int i, RawHttp line, Sent sent) {
        try {
            return line.send(sent.method(), sent.bytes());
        } catch (IOException | RuntimeException hungUp) {
            faults.add("#" + i + " no answer: " + hungUp + " to " + shown(sent));
            return null;
        }
    }

    // --- What is sent

    private Sent request(RandomGenerator chance, Operation operation, Asker asker) {
        // 0: all as it should be; else one in so many is not.
        int badEvery = ONLY_WRONG.contains(operation.name()) ? 1 : Values.one(chance, List.of(0, 0, 0, 8, 4, 2));
        boolean isStrange = badEvery > 0 && chance.nextInt(4) == 0;
        String method = operation.method();
        if (isStrange && chance.nextInt(6) == 0) {
            method = Values.one(
                    chance,
                    List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "get"));
        }
        var head = new StringBuilder();
        head.append(method)
                .append(' ')
                .append(address(chance, operation, badEvery))
                .append(" HTTP/1.1\r\nHost: localhost\r\n");
        boolean isSignedIn = asker != null;
        if (isSignedIn) {
            head.append("Authorization: Bearer ").append(asker.shopper.token).append("\r\n");
        }
        for (JsonNode parameter : operation.node().path("parameters")) {
            if (parameter.path("in").asText().equals("header") && chance.nextInt(3) == 0) {
                boolean isBad = badEvery > 0 && chance.nextInt(badEvery) == 0;
                String name = parameter.path("name").asText();
                head.append(name)
                        .append(": ")
                        .append(header(chance, name, isBad))
                        .append("\r\n");
            }
        }
        byte[] body = new byte[0];
        boolean isBodied = operation.body().size() > 0 && !(isStrange && chance.nextInt(8) == 0);
        if (isBodied) {
            String type = Values.one(chance, List.copyOf(fields(operation.body())));
            body = body(chance, operation, type, badEvery);
            head.append("Content-Type: ")
                    .append(isStrange && chance.nextInt(3) == 0 ? type(chance) : sentType(type))
                    .append("\r\n");
        }
        if (isStrange) {
            head.append(strangeHeaders(chance));
            if (isBodied && chance.nextInt(6) == 0) {
                body = zipped(body);
                head.append("Content-Encoding: gzip\r\n");
            }
        }
        if (isStrange && isBodied && chance.nextInt(4) == 0) {
            head.append("Transfer-Encoding: chunked\r\n\r\n");
            body = chunked(chance, body);
        } else {
            head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
        }
        return new Sent(operation, method, asker, joined(head.toString(), body), !isStrange);
    }

    private static List<String> fields(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private String address(RandomGenerator chance, Operation operation, int badEvery) {
        String path = operation.path();
        List<String> query = new ArrayList<>();
        for (JsonNode parameter : operation.node().path("parameters")) {
            String in = parameter.path("in").asText();
            String name = parameter.path("name").asText();
            boolean isBad = badEvery > 0 && chance.nextInt(badEvery) == 0;
            if (in.equals("path")) {
                String value = values.inAddress(chance, name, parameter.path("schema"), isBad);
                path = path.replace("{" + name + "}", LEADS_ELSEWHERE.contains(value) ? "%00" : value);
            } else if (in.equals("query") && (parameter.path("required").asBoolean() || chance.nextInt(3) == 0)) {
                query.add(name + "=" + values.inAddress(chance, name, parameter.path("schema"), isBad));
                if (isBad && chance.nextInt(5) == 0) {
                    query.add(name + "=" + values.inAddress(chance, name, parameter.path("schema"), true));
                }
            }
        }
        if (badEvery > 0 && chance.nextInt(10) == 0) {
            query.add(Values.one(
                    chance,
                    List.of("=", "&", "a", "%00=1", "page[]=1", "limit=1&limit=2", "_method=DELETE", "callback=x")));
        }
        String address = query.isEmpty() ? path : path + "?" + String.join("&", query);
        // A line that ends early would be another request; what is meant is one.
        return address.replace(" ", "%20").replace("\r", "").replace("\n", "");
    }

    private static String header(RandomGenerator chance, String name, boolean isBad) {
        if (isBad) {
            return Values.one(
                    chance,
                    List.of(
                            "",
                            " ",
                            "\"",
                            "*",
                            "a b",
                            "\u00e9",
                            "\u0001",
                            "x".repeat(300),
                            "x".repeat(5_000),
                            "'; DROP TABLE users; --",
                            "null",
                            "-1",
                            "W/\"1\"",
                            "\"1\", \"2\"",
                            "<script>",
                            "${jndi:ldap://127.0.0.1/a}"));
        }
        return switch (name) {
            case "Idempotency-Key" -> "fuzz-" + chance.nextInt(200);
            case "If-Match", "If-None-Match" -> "\"" + chance.nextInt(4) + "\"";
            default -> "fuzz." + chance.nextInt(1_000_000);
        };
    }

    private static String type(RandomGenerator chance) {
        return Values.one(
                chance,
                List.of(
                        "text/plain",
                        "application/xml",
                        "application/json; charset=utf-16",
                        "application/json; charset=nonsense",
                        "application/json;;",
                        "application/problem+json",
                        "multipart/form-data",
                        "multipart/form-data; boundary=",
                        "application/x-www-form-urlencoded",
                        "*/*",
                        "json",
                        "",
                        ";",
                        "text/csv",
                        "application/octet-stream",
                        "a/b/c"));
    }

    private static String strangeHeaders(RandomGenerator chance) {
        var headers = new StringBuilder();
        for (int i = chance.nextInt(3); i >= 0; i--) {
            headers.append(Values.one(
                            chance,
                            List.of(
                                    "Accept: text/html",
                                    "Accept: */*;q=0",
                                    "Accept: ;",
                                    "Accept: application/json;q=x",
                                    "Accept-Language: \u0001",
                                    "Accept-Encoding: gzip, br, \u00e9",
                                    "Origin: https://evil.example",
                                    "Origin: null",
                                    "X-Forwarded-For: 127.0.0.1",
                                    "X-Forwarded-For: ' OR 1=1",
                                    "X-Forwarded-Host: evil.example",
                                    "X-Forwarded-Proto: https",
                                    "Forwarded: for=\"[::1]\";proto=https",
                                    "X-HTTP-Method-Override: DELETE",
                                    "X-Original-URL: /api/v1/admin/users",
                                    "X-API-Key: emp_aaaaaaaa_x",
                                    "X-API-Key: \u00e9",
                                    "Cookie: a=b; a=c; =;",
                                    "Range: bytes=0-0,-1",
                                    "If-Modified-Since: yesterday",
                                    "If-None-Match: *",
                                    "If-Match: *",
                                    "Expect: 100-continue",
                                    "User-Agent: ${jndi:ldap://127.0.0.1/a}",
                                    "User-Agent: " + "x".repeat(3_000),
                                    "X-Request-Id: \u202e",
                                    "Prefer: return=minimal",
                                    "Upgrade: h2c",
                                    "TE: trailers",
                                    "Content-Language: x",
                                    "traceparent: 00-zz-zz-01",
                                    "Idempotency-Key: \u0000",
                                    "Authorization: Basic YTpi",
                                    "Authorization: Bearer",
                                    "Authorization: Bearer a.b.c")))
                    .append("\r\n");
        }
        return headers.toString();
    }

    private byte[] body(RandomGenerator chance, Operation operation, String type, int badEvery) {
        JsonNode schema = operation.body().path(type).path("schema");
        String body = switch (type) {
            case "application/json" -> values.object(chance, schema, badEvery, 0);
            case "application/x-ndjson" -> Formats.lines(chance, badEvery);
            case "text/csv" -> Formats.csv(chance, badEvery);
            case "application/xml", "text/xml" -> Formats.statement(chance, badEvery);
            case "multipart/form-data" -> Formats.multipart(chance, badEvery);
            default -> Formats.form(chance);
        };
        if (type.equals("application/json")
                && document.resolved(schema).path("type").toString().contains("string")) {
            body = "{}";
        }
        byte[] bytes = body.getBytes(
                type.equals("multipart/form-data") ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
        return badEvery > 0 && chance.nextInt(badEvery * 3) == 0 ? damaged(chance, bytes) : bytes;
    }

    private static String sentType(String type) {
        return type.equals("multipart/form-data")
                ? type + "; boundary=" + Formats.BOUNDARY
                : type.contains("*") ? "application/octet-stream" : type;
    }

    private static byte[] damaged(RandomGenerator chance, byte[] body) {
        byte[] damaged = body.clone();
        switch (chance.nextInt(6)) {
            case 0 -> damaged = java.util.Arrays.copyOf(body, body.length / 2);
            case 1 -> damaged = new byte[0];
            case 2 -> {
                for (int i = 0; i < 3 && damaged.length > 0; i++) {
                    damaged[chance.nextInt(damaged.length)] = (byte) chance.nextInt(256);
                }
            }
            case 3 -> damaged = joined("\ufeff", body);
            case 4 -> damaged = joined(new String(body, StandardCharsets.UTF_8), body);
            default -> damaged = ("[".repeat(1_200) + "1").getBytes(StandardCharsets.UTF_8);
        }
        return damaged;
    }

    private static byte[] chunked(RandomGenerator chance, byte[] body) {
        var chunks = new ByteArrayOutputStream();
        for (int from = 0; from < body.length; ) {
            int size = Math.min(body.length - from, 1 + chance.nextInt(500));
            chunks.writeBytes((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            chunks.write(body, from, size);
            chunks.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
            from += size;
        }
        chunks.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return chunks.toByteArray();
    }

    private static byte[] zipped(byte[] body) {
        var zipped = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(zipped)) {
            gzip.write(body);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return zipped.toByteArray();
    }

    private static byte[] joined(String head, byte[] body) {
        byte[] first = head.getBytes(StandardCharsets.UTF_8);
        byte[] both = java.util.Arrays.copyOf(first, first.length + body.length);
        System.arraycopy(body, 0, both, first.length, body.length);
        return both;
    }

    // --- What comes back

    private void judge(int i, Sent sent, Answer answer) {
        if (answer == null) {
            statuses.computeIfAbsent(0, any -> new AtomicInteger()).incrementAndGet();
            return;
        }
        statuses.computeIfAbsent(answer.status(), any -> new AtomicInteger()).incrementAndGet();
        String fault = fault(sent, answer);
        if (fault != null) {
            faults.add("#" + i + " " + fault + "\n    " + shown(sent) + "\n    -> " + answer.status() + " "
                    + cut(answer.text()));
        }
        if (answer.status() < 300) {
            taken.computeIfAbsent(sent.operation().name(), any -> new AtomicInteger())
                    .incrementAndGet();
            learn(sent, answer);
        }
        boolean isMeant = sent.asker() != null
                && sent.operation()
                        .node()
                        .path("x-roles")
                        .toString()
                        .contains("\"" + (sent.asker() == null ? "" : sent.asker().role) + "\"");
        if (sent.isPlain() && isMeant && (answer.status() == 401 || answer.status() == 403)) {
            sent.asker().arrive();
        }
    }

    private String fault(Sent sent, Answer answer) {
        boolean isBusy = answer.status() == 503
                && isBounded(sent.operation())
                && !answer.header("retry-after").isEmpty();
        if (answer.status() >= 500 && !isBusy) {
            return "a fault of ours";
        }
        if (!answer.header("set-cookie").isEmpty()) {
            return "a cookie";
        }
        if (answer.status() == 400 && answer.body().length == 0 && !sent.isHttp()) {
            return null;
        }
        if (answer.header("x-request-id").isEmpty()) {
            return "no request id";
        }
        String text = answer.text();
        if (answer.status() >= 400
                && (text.contains("io.emporium")
                        || text.contains("Exception")
                        || text.contains("SQL")
                        || text.contains("java."))) {
            return "it tells what it is made of";
        }
        if (sent.isPlain() || answer.status() < 400) {
            return sent.method().equals(sent.operation().method())
                    ? document.contradiction(sent.operation(), answer)
                    : null;
        }
        // Whoever sends another method, or an address that leads elsewhere, is told no as everybody is.
        if (sent.method().equals("HEAD")) {
            return null;
        }
        return answer.header("content-type").startsWith("application/json")
                ? document.failureContradiction(answer)
                : document.contradiction(sent.operation(), answer);
    }

    /** What only so many may ask at once or for so long: too many are told when to come again. */
    private boolean isBounded(Operation operation) {
        return looksAtAPassword(operation) || SEARCHES.contains(operation.name());
    }

    private boolean looksAtAPassword(Operation operation) {
        JsonNode fields = document.resolved(
                        operation.body().path("application/json").path("schema"))
                .path("properties");
        return PASSWORDS.stream().anyMatch(fields::has);
    }

    private void learn(Sent sent, Answer answer) {
        if (!answer.header("content-type").startsWith("application/json")) {
            return;
        }
        String method = sent.operation().method();
        boolean isOurs = method.equals("POST")
                && (sent.operation().path().equals("/api/v1/products")
                        || sent.operation().path().equals("/api/v1/api-keys"));
        try {
            values.learn(Document.JSON.readTree(answer.body()), isOurs);
        } catch (IOException noJson) {
            // Said already.
        }
    }

    private static String shown(Sent sent) {
        String text = new String(sent.bytes(), StandardCharsets.UTF_8).replaceAll("Bearer [\\w.-]{40,}", "Bearer …");
        return (sent.asker() == null ? "nobody" : sent.asker().role) + ": " + cut(text.replace("\r\n", " | "));
    }

    private static String cut(String text) {
        return text.length() <= 700 ? text : text.substring(0, 700) + "…";
    }
}
