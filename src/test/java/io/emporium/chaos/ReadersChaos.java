package io.emporium.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.emporium.EmptyFolder;
import io.emporium.LocalStack;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Prices change, and products come and go, by two processes, while others read from both and the servers behind them are
 * killed, stopped, slow, emptied: {@code ./mvnw verify -Pchaos -Dtest=ReadersChaos}. Whoever asks after a change was answered is
 * shown that change, by each process, in every place ({@link History}); and nobody is answered with an error but where the
 * documents say so.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadersChaos {
    private static final long SEED = Long.getLong("chaos.seed", System.nanoTime());
    private static final int READERS = 4;
    private static final int PRODUCTS = 20;
    /** Of these, each is withdrawn now and then. */
    private static final int COME_AND_GO = 5;

    private static final String CATEGORY = "quills";
    private static final String WORD = "quillbox";
    /** Half of the prices are below. */
    private static final long FILTER_CENTS = 5_000;

    private static final Duration AWHILE = Duration.ofSeconds(10);
    private static final Duration QUIET = Duration.ofSeconds(4);
    private static final Duration STOPPED = Duration.ofSeconds(5);
    private static final int SLOW_MILLIS = 100;
    /** What is seen of it, docs/cache.md excepts: it is counted aside. */
    private static final String ONE_CUT_OFF = "the process that changes, alone cut off from Redis for 6 s";

    private static final int FLUSHES_EVERY_MILLIS = 300;
    private static final Duration BETWEEN_QUESTIONS = Duration.ofMillis(5);
    /** What was on sale for so long is found. */
    private static final Duration FOUND_AFTER = Duration.ofSeconds(10);

    private static final Duration INDEXED_WITHIN = Duration.ofMinutes(2);
    private static final String[] ALL_BUT_SEARCH = {
        "postgres", "redis", "rabbitmq", "smtp", "s3", "stripe", "paypal", "bank", "twilio", "fcm"
    };

    private final Findings findings = new Findings();
    private final Table table = new Table();
    private final List<History> products = new ArrayList<>();
    private final List<Phase> phases = new ArrayList<>();
    private final Phase quiet = new Phase("quiet, between the others", EnumSet.noneOf(Place.class));
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private LocalStack servers;
    private LocalStack searchNode;
    /** Each process has its own. */
    private final List<Line> redis = new ArrayList<>();

    private Line search;
    private Shop shop;
    private String token = "";
    private volatile Phase phase = quiet;
    /** Else by both in turn. */
    private volatile boolean isChangedByOne;

    private volatile boolean over;

    /** Where a product, or how many there are, is shown. */
    private enum Place {
        PRODUCT("product"),
        LIST("list"),
        CHEAP_LIST("list by price"),
        SEARCH("search"),
        SUGGEST("suggest"),
        CATEGORIES("categories");

        private final String title;

        Place(String title) {
            this.title = title;
        }
    }

    /** What happens for a while, and what came of it. */
    private static final class Phase {
        private final String name;
        /** Where 503 with Retry-After is what the documents promise. */
        private final Set<Place> mayRefuse;

        private final LongAdder reads = new LongAdder();
        private final LongAdder changes = new LongAdder();
        private final Map<Place, LongAdder> stale = new EnumMap<>(Place.class);
        private final LongAdder errors = new LongAdder();
        private final LongAdder refused = new LongAdder();
        private final LongAdder unfound = new LongAdder();
        private final LongAdder excepted = new LongAdder();
        private final AtomicLong slowestRead = new AtomicLong();
        private final AtomicLong slowestChange = new AtomicLong();

        Phase(String name, Set<Place> mayRefuse) {
            this.name = name;
            this.mayRefuse = mayRefuse;
            for (Place place : Place.values()) {
                stale.put(place, new LongAdder());
            }
        }

        String row() {
            return "| %s | %d | %d | %s | %d | %d | %d | %d | %s | %s |"
                    .formatted(
                            name,
                            reads.sum(),
                            changes.sum(),
                            stale.values().stream()
                                    .map(count -> Long.toString(count.sum()))
                                    .collect(Collectors.joining(" | ")),
                            errors.sum(),
                            refused.sum(),
                            unfound.sum(),
                            excepted.sum(),
                            seconds(slowestRead),
                            seconds(slowestChange));
        }

        private static String seconds(AtomicLong nanos) {
            return Table.seconds(Duration.ofNanos(nanos.get()));
        }
    }

    @FunctionalInterface
    private interface Does {
        void now() throws Exception;
    }

    /** An answer, and when it was asked for and came. */
    private record Read(int status, JsonNode data, String tag, long asked, long came) {}

    /** A product as somebody was shown it. */
    private record Seen(String tag, long cents) {}

    @BeforeAll
    void open() throws Exception {
        Runtime.getRuntime().addShutdownHook(new Thread(this::end));
        EmptyFolder.make(Settings.FOLDER);
        Files.createDirectories(Points.ARMED);
        Findings.say("seed " + SEED);
        Woven.into(ShopProcess.FOLDER);
        shop = new Shop(findings);
        servers = LocalStack.start(Settings.FOLDER, shop.api(), "search");
        redis.add(new Line(redisPort()));
        redis.add(new Line(redisPort()));
        startSearch();
        Map<String, String> environment = new TreeMap<>(servers.environment());
        environment.put("REDIS_HOST", "127.0.0.1");
        environment.put("REDIS_PORT", Integer.toString(redis.get(0).port()));
        environment.put("ELASTICSEARCH_HOSTS", "127.0.0.1:" + search.port());
        environment.put("ADMIN_EMAIL", Admin.EMAIL);
        environment.put("ADMIN_PASSWORD", Admin.PASSWORD);
        environment.put("RATE_LIMIT_ENABLED", "false");
        environment.put("JWT_EXPIRY", "24h");
        shop.open(environment, List.of("a"));
        environment = new TreeMap<>(environment);
        environment.put("REDIS_PORT", Integer.toString(redis.get(1).port()));
        shop.add(environment, "b");
        var client = new Client(shop, findings);
        token = client.ask("POST", "/auth/login", null, Map.of("email", Admin.EMAIL, "password", Admin.PASSWORD), null)
                .data()
                .path("token")
                .asText();
        for (int i = 0; i < PRODUCTS; i++) {
            products.add(put(client, i));
        }
        awaitFound();
    }

    private History put(Client client, int number) {
        // "Quillbox Az", "Quillbox Bz", …: words, for numbers would be how a SKU begins.
        String name = "Quillbox " + (char) ('A' + number) + "z";
        long cents = 1_000 + 400L * number;
        Client.Answer answer = client.ask(
                "POST",
                "/products",
                token,
                Map.of(
                        "name",
                        name,
                        "description",
                        "Holds quills",
                        "price",
                        BigDecimal.valueOf(cents, 2),
                        "category",
                        CATEGORY,
                        "sku",
                        "READ-" + UUID.randomUUID(),
                        "stock_quantity",
                        1_000),
                null);
        assertThat(answer.status()).as("product: " + answer.body()).isEqualTo(201);
        return new History(answer.data().path("product_id").asLong(), name, cents);
    }

    private void awaitFound() throws Exception {
        long deadline = System.nanoTime() + INDEXED_WITHIN.toNanos();
        for (ShopProcess process : shop.processes()) {
            HttpResponse<byte[]> found;
            do {
                assertThat(System.nanoTime()).as("the index has all").isLessThan(deadline);
                Shop.pause(500);
                found = http.send(
                        request(process, "/products/search?limit=100&q=" + WORD).build(),
                        HttpResponse.BodyHandlers.ofByteArray());
            } while (!found.headers().firstValue("X-Search-Backend").orElse("").equals("elasticsearch")
                    || data(found).path("products").size() < PRODUCTS);
        }
    }

    @Test
    void what_was_answered_is_seen_by_all() throws Exception {
        var changer =
                Thread.ofPlatform().daemon().name("changer").start(() -> untilOver(() -> change(new Random(SEED))));
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            var random = new Random(SEED + 1 + i);
            readers.add(Thread.ofPlatform().daemon().name("reader-" + i).start(() -> untilOver(() -> read(random))));
        }
        var nowhere = EnumSet.noneOf(Place.class);
        var inSearch = EnumSet.of(Place.SEARCH, Place.SUGGEST);
        during("nothing wrong", nowhere, () -> pause(AWHILE));
        during("Redis killed (SIGKILL), back after 0.1 to 2.5 s, five times", nowhere, this::killRedis);
        during("Redis killed, back when it is looked into again, changes by one only", nowhere, this::killRedisForOne);
        during("Redis stopped (SIGSTOP) for 5 s", nowhere, () -> stop(servers, "redis"));
        during("Redis 100 ms away", nowhere, this::slowRedis);
        during("Redis stopped for 100 ms, again and again", nowhere, this::haltRedis);
        during("Redis flushed every 0.3 s", nowhere, this::flushRedis);
        during(ONE_CUT_OFF, nowhere, this::cutOneOff);
        during("search killed (SIGKILL), and back", inSearch, this::killSearch);
        during("search stopped (SIGSTOP) for 5 s", inSearch, () -> stop(searchNode, "search"));
        during("search index deleted, twice", inSearch, this::wipeSearch);
        during("broker away", nowhere, this::brokerAway);
        var everywhere = EnumSet.allOf(Place.class);
        during("PostgreSQL stopped (SIGSTOP) for 5 s", everywhere, () -> stop(servers, "postgres"));
        during("PostgreSQL killed (SIGKILL), and back", everywhere, this::killPostgres);
        pause(QUIET);
        over = true;
        changer.join();
        for (Thread reader : readers) {
            reader.join();
        }
        phases.add(quiet);
        report();
        assertThat(findings.all()).isEmpty();
    }

    private void during(String name, Set<Place> mayRefuse, Does does) throws Exception {
        if (!name.contains(Settings.PHASES)) {
            return;
        }
        phase = quiet;
        findings.during("quiet, before: " + name);
        pause(QUIET);
        var next = new Phase(name, mayRefuse);
        phases.add(next);
        findings.during(name);
        phase = next;
        Findings.say(name);
        does.now();
        phase = quiet;
        findings.during("quiet, after: " + name);
        Findings.say(next.row());
    }

    private void report() {
        table.add("| | reads | changes | "
                + List.of(Place.values()).stream().map(place -> place.title).collect(Collectors.joining(" | "))
                + " | errors | 503, as promised | not found yet | excepted | slowest answer | slowest change |");
        table.add("|---|---:|---:|" + "---:|".repeat(Place.values().length) + "---:|---:|---:|---:|---:|---:|");
        phases.forEach(each -> table.add(each.row()));
    }

    // What happens to the servers
    // -----------------------------------------------------------------------------------------------------------

    private void killRedis() throws Exception {
        for (long away : new long[] {2_500, 100, 800, 1_500, 300}) {
            killRedis(away);
        }
    }

    /** The one that changes nothing has not failed to have anything forgotten, and looks just when Redis is back. */
    private void killRedisForOne() throws Exception {
        isChangedByOne = true;
        try {
            for (long away : new long[] {4_950, 300, 4_900, 5_000, 4_850}) {
                killRedis(away);
            }
        } finally {
            isChangedByOne = false;
        }
    }

    private void killRedis(long away) throws Exception {
        long killed = System.nanoTime();
        kill(servers.process("redis"));
        for (Line line : redis) {
            line.cut();
        }
        Shop.pause(Math.min(away, 2_500));
        // For the local servers it runs until it is stopped.
        servers.stop("redis");
        servers.start("redis");
        Shop.pause(
                Math.max(0, away - Duration.ofNanos(System.nanoTime() - killed).toMillis()));
        for (Line line : redis) {
            line.lead(redisPort());
        }
        // Until it is looked into again, which is after 5 s, and then a little.
        Shop.pause(6_000);
    }

    private static void stop(LocalStack stack, String server) throws Exception {
        ProcessHandle process = stack.process(server);
        Signals.stop(process);
        try {
            pause(STOPPED);
        } finally {
            Signals.goOn(process);
        }
        // Until it is asked again.
        Shop.pause(6_000);
    }

    private void slowRedis() {
        redis.forEach(line -> line.takes(Duration.ofMillis(SLOW_MILLIS)));
        pause(AWHILE);
        redis.forEach(line -> line.takes(Duration.ZERO));
        Shop.pause(6_000);
    }

    /** As one that writes to a slow disk: it answers, but some of it late. */
    private void haltRedis() throws Exception {
        ProcessHandle process = servers.process("redis");
        var random = new Random(SEED);
        long until = System.nanoTime() + AWHILE.toNanos();
        while (System.nanoTime() < until) {
            Signals.stop(process);
            Shop.pause(SLOW_MILLIS);
            Signals.goOn(process);
            Shop.pause(50 + random.nextInt(150));
        }
    }

    private void flushRedis() throws IOException {
        long until = System.nanoTime() + AWHILE.toNanos();
        while (System.nanoTime() < until) {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), redisPort())) {
                socket.getOutputStream().write("FLUSHALL\r\n".getBytes(StandardCharsets.US_ASCII));
                String answer = new String(socket.getInputStream().readNBytes(3), StandardCharsets.US_ASCII);
                assertThat(answer).isEqualTo("+OK");
            }
            Shop.pause(FLUSHES_EVERY_MILLIS);
        }
    }

    private int redisPort() {
        return Integer.parseInt(servers.setting("REDIS_PORT"));
    }

    /** What docs/cache.md says that it does not do: what the one changes the other is not told of. */
    private void cutOneOff() throws IOException {
        isChangedByOne = true;
        try {
            redis.getFirst().cut();
            Shop.pause(6_000);
            redis.getFirst().lead(redisPort());
            // Has everything forgotten.
            Shop.pause(2_000);
        } finally {
            isChangedByOne = false;
        }
    }

    private void startSearch() throws IOException, InterruptedException {
        Path folder = Settings.FOLDER.resolve("search");
        Files.createDirectories(folder);
        searchNode = LocalStack.start(folder, shop.api(), ALL_BUT_SEARCH);
        int port = Integer.parseInt(searchNode.setting("ELASTICSEARCH_HOSTS").replaceAll(".*:", ""));
        if (search == null) {
            search = new Line(port);
        } else {
            search.lead(port);
        }
    }

    private void killSearch() throws Exception {
        kill(searchNode.process("search"));
        search.cut();
        Shop.pause(4_000);
        startSearch();
        Shop.pause(6_000);
    }

    private void wipeSearch() throws Exception {
        for (int times = 0; times < 2; times++) {
            URI node = URI.create("http://" + searchNode.setting("ELASTICSEARCH_HOSTS") + "/");
            HttpResponse<byte[]> aliased = http.send(
                    HttpRequest.newBuilder(node.resolve("_alias/products")).build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            List<String> names = new ArrayList<>();
            Client.JSON.readTree(aliased.body()).fieldNames().forEachRemaining(names::add);
            assertThat(names).as("indexes behind the alias").hasSize(1);
            HttpResponse<String> deleted = http.send(
                    HttpRequest.newBuilder(node.resolve(names.getFirst()))
                            .DELETE()
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(deleted.statusCode()).as(deleted.body()).isEqualTo(200);
            Shop.pause(6_000);
        }
    }

    private void brokerAway() {
        servers.stop("rabbitmq");
        Shop.pause(6_000);
        servers.start("rabbitmq");
        Shop.pause(4_000);
    }

    private void killPostgres() throws Exception {
        kill(servers.process("postgres"));
        Shop.pause(4_000);
        servers.stop("postgres");
        servers.start("postgres");
        Shop.pause(6_000);
    }

    private static void kill(ProcessHandle process) throws IOException, InterruptedException {
        Signals.kill(process);
        for (int i = 0; i < 500 && process.isAlive(); i++) {
            Shop.pause(10);
        }
    }

    private static void pause(Duration time) {
        Shop.pause(time.toMillis());
    }

    // Who changes
    // -----------------------------------------------------------------------------------------------------------

    private void untilOver(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException fault) {
            if (!over) {
                findings.note(Thread.currentThread().getName() + " gave up: " + fault);
            }
        }
    }

    private void change(Random random) {
        int turn = 0;
        while (!over) {
            Shop.pause(100 + random.nextInt(100));
            boolean comesOrGoes = random.nextInt(6) == 0;
            History product = products.get(random.nextInt(comesOrGoes ? COME_AND_GO : PRODUCTS));
            History.State was = product.current();
            History.State next = comesOrGoes
                    ? product.begins(was.cents(), !was.isActive())
                    : product.begins(newPrice(product, random), was.isActive());
            turn++;
            if (comesOrGoes && was.isActive()) {
                isDone(turn, product, next, "DELETE", null);
            } else if (comesOrGoes) {
                isDone(turn, product, next, "PATCH", Map.of("is_active", true));
            } else {
                isDone(turn, product, next, "PATCH", Map.of("price", BigDecimal.valueOf(next.cents(), 2)));
            }
        }
    }

    private static long newPrice(History product, Random random) {
        long cents = 100 + random.nextInt(9_900);
        return product.has(cents) ? newPrice(product, random) : cents;
    }

    /** Asks for it until it is answered, by the one process and the other; and then both whether they know. */
    private void isDone(int turn, History product, History.State next, String method, @Nullable Object body) {
        for (int tries = 0; !over; tries++) {
            int number = isChangedByOne ? 0 : (turn + tries) % 2;
            ShopProcess asked = shop.processes().get(number);
            ShopProcess other = shop.processes().get(1 - number);
            Phase before = phase;
            long began = System.nanoTime();
            try {
                HttpRequest.Builder request = request(asked, "/products/" + product.productId())
                        .method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofByteArray(Client.JSON.writeValueAsBytes(body)))
                        .header("Authorization", "Bearer " + token);
                if (body != null) {
                    request.header("Content-Type", "application/json");
                }
                HttpResponse<byte[]> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
                if (answer.statusCode() == 200) {
                    next.isAnswered();
                    before.changes.increment();
                    slowest(before.slowestChange, System.nanoTime() - began);
                    Map<Long, Seen> nothingSeen = new HashMap<>();
                    look(other, Place.PRODUCT, product, false, nothingSeen);
                    look(other, Place.LIST, product, false, nothingSeen);
                    look(asked, Place.PRODUCT, product, false, nothingSeen);
                    return;
                }
                isFailed(before, Place.PRODUCT, method, asked, answer);
            } catch (IOException broken) {
                isError(before, asked, method + " " + product.productId(), broken.toString());
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            }
            Shop.pause(100);
        }
    }

    // Who reads
    // -----------------------------------------------------------------------------------------------------------

    private void read(Random random) {
        Map<ShopProcess, Map<Long, Seen>> seen = new HashMap<>();
        while (!over) {
            ShopProcess asked = shop.processes().get(random.nextInt(2));
            Place place = switch (random.nextInt(20)) {
                case 0, 1, 2, 3, 4, 5, 6 -> Place.PRODUCT;
                case 7, 8, 9, 10 -> Place.LIST;
                case 11, 12 -> Place.CHEAP_LIST;
                case 13, 14, 15 -> Place.SEARCH;
                case 16 -> Place.SUGGEST;
                default -> Place.CATEGORIES;
            };
            look(
                    asked,
                    place,
                    products.get(random.nextInt(PRODUCTS)),
                    random.nextBoolean(),
                    seen.computeIfAbsent(asked, _ -> new HashMap<>()));
            pause(BETWEEN_QUESTIONS);
        }
    }

    /**
     * @param sometimes half of the searches have a filter, and half of the products are asked for with the tag of before
     * @param seen by whom this is, of this process
     */
    private void look(ShopProcess asked, Place place, History product, boolean sometimes, Map<Long, Seen> seen) {
        String path = switch (place) {
            case PRODUCT -> "/products/" + product.productId();
            case LIST -> "/products?category=" + CATEGORY;
            case CHEAP_LIST ->
                "/products?category=" + CATEGORY + "&sort=price_asc&max_price=" + History.price(FILTER_CENTS);
            case SEARCH ->
                "/products/search?limit=100&q=" + WORD + (sometimes ? "&max_price=" + History.price(FILTER_CENTS) : "");
            case SUGGEST -> "/products/suggest?q=quill";
            case CATEGORIES -> "/categories";
        };
        Seen before = place == Place.PRODUCT && sometimes ? seen.get(product.productId()) : null;
        HttpRequest.Builder request = request(asked, path);
        if (before != null) {
            request.header("If-None-Match", before.tag());
        }
        Phase during = phase;
        long from = History.now();
        try {
            HttpResponse<byte[]> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            long to = History.now();
            during.reads.increment();
            slowest(during.slowestRead, to - from);
            if (answer.statusCode() >= 500) {
                isFailed(during, place, path, asked, answer);
                return;
            }
            var read = new Read(
                    answer.statusCode(),
                    data(answer),
                    answer.headers().firstValue("ETag").orElse(""),
                    from,
                    to);
            List<String> wrong = wrong(place, product, sometimes, before, read, seen, during);
            if (during.name.equals(ONE_CUT_OFF)
                    && asked.equals(shop.processes().getLast())
                    && place != Place.SEARCH
                    && place != Place.SUGGEST) {
                during.excepted.add(wrong.size());
                return;
            }
            for (String what : wrong) {
                during.stale.get(place).increment();
                findings.note("%s of process %s, asked for at %d ms, answered at %d ms: %s"
                        .formatted(path, asked.name(), from / 1_000_000, to / 1_000_000, what));
            }
        } catch (IOException broken) {
            isError(during, asked, path, broken.toString());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private List<String> wrong(
            Place place,
            History product,
            boolean isFiltered,
            @Nullable Seen before,
            Read read,
            Map<Long, Seen> seen,
            Phase during) {
        if (read.status() != 200 && place != Place.PRODUCT) {
            return List.of("answered " + read.status() + " " + read.data());
        }
        return switch (place) {
            case PRODUCT -> ofProduct(product, before, read, seen);
            case LIST -> ofList(read, state -> true);
            case CHEAP_LIST -> ofList(read, state -> state.cents() <= FILTER_CENTS);
            case SEARCH -> ofSearch(read, isFiltered, during);
            case SUGGEST -> ofSuggestions(read);
            case CATEGORIES -> ofCategories(read);
        };
    }

    private List<String> ofProduct(History product, @Nullable Seen before, Read read, Map<Long, Seen> seen) {
        if (read.status() == 404) {
            return product.may(read.asked(), read.came(), state -> !state.isActive())
                    ? List.of()
                    : List.of("not there, and is " + product.allowed(read.asked(), read.came()));
        }
        long cents;
        if (read.status() == 304 && before != null) {
            cents = before.cents();
        } else if (read.status() == 200) {
            cents = cents(read.data());
            seen.put(product.productId(), new Seen(read.tag(), cents));
        } else {
            return List.of("answered " + read.status() + " " + read.data());
        }
        return ofShown(product, cents, read);
    }

    private static List<String> ofShown(History product, long cents, Read read) {
        return product.may(read.asked(), read.came(), state -> state.isActive() && state.cents() == cents)
                ? List.of()
                : List.of("%s is shown for %s, and is %s"
                        .formatted(product.name(), History.price(cents), product.allowed(read.asked(), read.came())));
    }

    private List<String> ofList(Read read, Predicate<History.State> filter) {
        List<String> wrong = new ArrayList<>();
        Map<Long, Long> shown = shown(read.data());
        Predicate<History.State> belongs = state -> state.isActive() && filter.test(state);
        int least = 0;
        int most = 0;
        for (History product : products) {
            boolean may = product.may(read.asked(), read.came(), belongs);
            boolean must = product.must(read.asked(), read.came(), belongs);
            least += must ? 1 : 0;
            most += may ? 1 : 0;
            Long cents = shown.get(product.productId());
            if (cents != null) {
                wrong.addAll(ofShown(product, cents, read));
            }
            if (cents == null && must || cents != null && !may) {
                wrong.add("%s is %s the list, and is %s"
                        .formatted(
                                product.name(),
                                cents == null ? "not on" : "on",
                                product.allowed(read.asked(), read.came())));
            }
        }
        int total = read.data().path("pagination").path("total_items").asInt(-1);
        if (total < least || total > most) {
            wrong.add("there are %d to %d, not %d".formatted(least, most, total));
        }
        return wrong;
    }

    /** What has just been put back is found a little later: the index follows. What is shown is as it is now. */
    private List<String> ofSearch(Read read, boolean isFiltered, Phase during) {
        List<String> wrong = new ArrayList<>();
        Map<Long, Long> shown = shown(read.data());
        for (History product : products) {
            Long cents = shown.get(product.productId());
            if (cents != null) {
                wrong.addAll(ofShown(product, cents, read));
                if (isFiltered && cents > FILTER_CENTS) {
                    wrong.add(product.name() + " is above what was asked for: " + History.price(cents));
                }
            } else if (!isFiltered
                    && product.must(read.asked() - FOUND_AFTER.toNanos(), read.came(), History.State::isActive)) {
                during.unfound.increment();
            }
        }
        return wrong;
    }

    private List<String> ofSuggestions(Read read) {
        Set<String> texts = new HashSet<>();
        read.data().path("suggestions").forEach(text -> texts.add(text.asText()));
        return products.stream()
                .filter(product -> texts.contains(product.name())
                        && !product.may(read.asked(), read.came(), History.State::isActive))
                .map(product -> product.name() + " is suggested, and is " + product.allowed(read.asked(), read.came()))
                .toList();
    }

    private List<String> ofCategories(Read read) {
        long shown = 0;
        for (JsonNode category : read.data().path("categories")) {
            if (category.path("name").asText().equals(CATEGORY)) {
                shown = category.path("product_count").asLong();
            }
        }
        long least = products.stream()
                .filter(product -> product.must(read.asked(), read.came(), History.State::isActive))
                .count();
        long most = products.stream()
                .filter(product -> product.may(read.asked(), read.came(), History.State::isActive))
                .count();
        return shown >= least && shown <= most
                ? List.of()
                : List.of("there are %d to %d in the category, not %d".formatted(least, most, shown));
    }

    private static Map<Long, Long> shown(JsonNode list) {
        Map<Long, Long> shown = new HashMap<>();
        list.path("products")
                .forEach(product -> shown.put(product.path("product_id").asLong(), cents(product)));
        return shown;
    }

    private static long cents(JsonNode product) {
        return new BigDecimal(product.path("price").asText("-1"))
                .movePointRight(2)
                .longValueExact();
    }

    /** What was begun before the phase ends in it: either may be what allows it. */
    private void isFailed(Phase before, Place place, String what, ShopProcess asked, HttpResponse<byte[]> answer) {
        boolean isPromised = answer.statusCode() == 503
                && answer.headers().firstValue("Retry-After").isPresent()
                && (before.mayRefuse.contains(place) || phase.mayRefuse.contains(place));
        if (isPromised) {
            before.refused.increment();
        } else {
            isError(before, asked, what, answer.statusCode() + " " + new String(answer.body(), StandardCharsets.UTF_8));
        }
    }

    private void isError(Phase before, ShopProcess asked, String what, String error) {
        before.errors.increment();
        findings.note("%s of process %s: %s".formatted(what, asked.name(), error));
    }

    private static void slowest(AtomicLong slowest, long nanos) {
        slowest.accumulateAndGet(nanos, Math::max);
    }

    private static HttpRequest.Builder request(ShopProcess process, String path) {
        return HttpRequest.newBuilder(process.at("/api/v1" + path)).timeout(Duration.ofSeconds(40));
    }

    private static JsonNode data(HttpResponse<byte[]> answer) throws IOException {
        return answer.body().length == 0
                ? Client.JSON.createObjectNode()
                : Client.JSON.readTree(answer.body()).path("data");
    }

    @AfterAll
    void close() {
        System.out.println(table.text());
        end();
    }

    private void end() {
        over = true;
        List<AutoCloseable> opened = new ArrayList<>();
        opened.add(shop);
        opened.addAll(redis);
        opened.addAll(Arrays.asList(search, searchNode, servers));
        Closing.all(opened.toArray(AutoCloseable[]::new));
    }
}
