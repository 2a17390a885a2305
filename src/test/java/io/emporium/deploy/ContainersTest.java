package io.emporium.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code docker/} and {@code .env.example}: no image is built here, but what can be said without one is. */
class ContainersTest {
    private static final Path FOLDER = Path.of("docker");
    private static final Path COMPOSE = FOLDER.resolve("compose.yml");
    private static final Pattern SECRET = Pattern.compile(".*(PASSWORD|PASS|SECRET|TOKEN|_KEY)");

    /** S3's SDK wants keys, its store here asks for none. */
    private static final String NO_SECRET = "unused";

    private static final JsonSchema SCHEMA = schema();
    private static final Set<String> SETTINGS = ShopSettings.names();

    /** As the Compose Specification has it, Apache License 2.0. */
    private static JsonSchema schema() {
        try (InputStream file = ContainersTest.class.getResourceAsStream("/compose/compose-spec.json")) {
            ObjectNode schema = (ObjectNode) Yaml.JSON.readTree(file);
            // An address of draft 7 that only people know.
            schema.remove(List.of("$schema", "$id"));
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(schema);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static ObjectNode compose() {
        return Yaml.documents(COMPOSE).getFirst();
    }

    private static List<String> faults(JsonNode compose) {
        List<String> faults = new ArrayList<>();
        SCHEMA.validate(compose).forEach(message -> faults.add(message.toString()));
        for (Map.Entry<String, JsonNode> service : compose.path("services").properties()) {
            service(service.getKey(), service.getValue(), compose, faults);
        }
        return faults;
    }

    private static void service(String name, JsonNode service, JsonNode compose, List<String> faults) {
        if (!service.path("image").asText().matches("\\S+:v?\\d+\\.\\d+[\\w.-]*")) {
            faults.add(name + ": its image is not pinned");
        }
        boolean once = service.path("restart").asText().equals("no");
        if (!once && !service.at("/healthcheck/test").isArray()) {
            faults.add(name + ": no health check");
        }
        if (!service.has("mem_limit") || !service.has("cpus")) {
            faults.add(name + ": no bounds");
        }
        if (!service.path("privileged").isMissingNode()) {
            faults.add(name + ": is privileged");
        }
        boolean shop = service.path("image").asText().startsWith("emporium:");
        for (Map.Entry<String, JsonNode> variable : service.path("environment").properties()) {
            String value = variable.getValue().asText();
            if (shop && !SETTINGS.contains(variable.getKey())) {
                faults.add(name + ": the shop has no setting " + variable.getKey());
            }
            // Asked for, without a default.
            if (SECRET.matcher(variable.getKey()).matches()
                    && !value.equals(NO_SECRET)
                    && !value.matches("\\$\\{[A-Z_]+:\\?[^}]+}")) {
                faults.add(name + ": a secret in a file: " + variable.getKey());
            }
            // Where the shop finds a server: a service on a network that both are on.
            Matcher host = Pattern.compile("(?:http://|\\$\\{[A-Z_]+:-)?([a-z0-9]+)(?::\\d+)?}?")
                    .matcher(value);
            if (shop && variable.getKey().matches(".*_(HOST|HOSTS|URL_S3)") && host.matches()) {
                reach(name, host.group(1), compose, faults);
            }
        }
        if (shop && !once) {
            ends(name, service, faults);
        }
        service.path("depends_on").fieldNames().forEachRemaining(other -> {
            if (!compose.path("services").has(other)) {
                faults.add(name + ": waits for nobody: " + other);
            }
        });
        for (JsonNode network : service.path("networks")) {
            if (!compose.path("networks").has(network.asText())) {
                faults.add(name + ": no network " + network.asText());
            }
        }
        for (JsonNode volume : service.path("volumes")) {
            String from = volume.asText().split(":", 2)[0];
            if (from.startsWith(".")
                    ? !Files.exists(FOLDER.resolve(from))
                    : !compose.path("volumes").has(from)) {
                faults.add(name + ": mounts what is not there: " + from);
            }
        }
    }

    private static void ends(String name, JsonNode service, List<String> faults) {
        Map<String, String> environment = Yaml.JSON.convertValue(service.path("environment"), new TypeReference<>() {});
        Duration patience =
                Duration.parse("PT" + service.path("stop_grace_period").asText("10s"));
        if (patience.compareTo(ShopSettings.longestEnd(environment)) <= 0) {
            faults.add(name + ": is killed before it has ended in order");
        }
        if (networks(service).contains("front")
                && ShopSettings.shutdownDelay(environment).compareTo(gatewayNotices()) <= 0) {
            faults.add(name + ": ends while the gateway still sends requests");
        }
    }

    /** After so long the gateway sends nothing more to who says that it is not ready: the time between its questions, and for each an answer. */
    private static Duration gatewayNotices() {
        Matcher check = Pattern.compile("check port 9000 inter (\\d+)s fall (\\d+)")
                .matcher(String.join("\n", ShopSettings.lines(FOLDER.resolve("gateway/haproxy.cfg"))));
        assertThat(check.find()).isTrue();
        return Duration.ofSeconds(2L * Integer.parseInt(check.group(1)) * Integer.parseInt(check.group(2)));
    }

    private static void reach(String from, String to, JsonNode compose, List<String> faults) {
        Set<String> shared = networks(compose.at("/services/" + from));
        shared.retainAll(networks(compose.at("/services/" + to)));
        // The migration needs the database alone, and has the settings of all.
        if (shared.isEmpty() && !from.equals("migration")) {
            faults.add(from + ": does not reach " + to);
        }
    }

    private static Set<String> networks(JsonNode service) {
        Set<String> networks = new TreeSet<>();
        service.path("networks").forEach(network -> networks.add(network.asText()));
        return networks;
    }

    @Test
    void the_compose_file_is_one_and_everything_in_it_is_pinned_bounded_watched_and_without_secrets() {
        assertThat(faults(compose())).isEmpty();
    }

    @Test
    void one_process_migrates_and_the_others_wait_for_it() {
        JsonNode services = compose().path("services");
        assertThat(services.at("/migration/command").toString()).isEqualTo("[\"migrate\"]");
        for (String shop : List.of("app", "worker")) {
            assertThat(services.at("/" + shop + "/environment/MIGRATE_AT_START").asText())
                    .isEqualTo("false");
            assertThat(services.at("/" + shop + "/depends_on/migration/condition")
                            .asText())
                    .isEqualTo("service_completed_successfully");
        }
    }

    @Test
    void so_is_what_a_developer_adds_and_it_is_open_to_this_machine_only() {
        ObjectNode added =
                Yaml.documents(FOLDER.resolve("compose.override.yml")).getFirst();

        assertThat(SCHEMA.validate(added)).isEmpty();
        added.path("services").properties().forEach(service -> {
            assertThat(compose().path("services").has(service.getKey()))
                    .as(service.getKey())
                    .isTrue();
            service.getValue()
                    .path("ports")
                    .forEach(port -> assertThat(port.asText()).startsWith("127.0.0.1:"));
            service.getValue()
                    .path("environment")
                    .fieldNames()
                    .forEachRemaining(name -> assertThat(name).doesNotMatch(SECRET));
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /services/redis/image | "redis:latest" | redis: its image is not pinned
            /services/redis/helthcheck | {} | helthcheck
            /services/worker/stop_grace_period | "30s" | worker: is killed before it has ended
            /services/app/environment/SHUTDOWN_DELAY | "4s" | app: ends while the gateway still sends
            /services/redis/mem_limit | null | redis: no bounds
            /services/app/healthcheck | {} | app: no health check
            /services/app/environment/DB_PASSWORD | "secret" | app: a secret in a file: DB_PASSWORD
            /services/app/environment/DB_PASSWORD | "${DB_PASSWORD:-secret}" | app: a secret in a file: DB_PASSWORD
            /services/app/environment/REDIS_HOST | "mail2" | app: does not reach mail2
            /services/app/environment/DATABASE | "x" | app: the shop has no setting DATABASE
            /services/postgres/networks | ["nowhere"] | app: does not reach postgres
            /services/gateway/volumes | ["./gateway/nginx.conf:/x"] | gateway: mounts what is not there
            /services/worker/depends_on/kafka | {"condition":"service_started"} | worker: waits for nobody: kafka
            """)
    void a_mistake_in_the_compose_file_is_found(String path, String value, String told) {
        String operation = value.equals("null")
                ? "[{\"op\":\"remove\",\"path\":\"%s\"}]".formatted(path)
                : "[{\"op\":\"add\",\"path\":\"%s\",\"value\":%s}]".formatted(path, value);

        assertThat(faults(Kustomization.patched(compose(), Yaml.value(operation))))
                .anySatisfy(fault -> assertThat(fault).contains(told));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile.jvm", "Dockerfile.native"})
    void an_image_is_made_from_pinned_ones_runs_as_nobody_and_says_how_it_is(String name) throws IOException {
        Set<String> stages = new TreeSet<>();
        String user = "";
        for (String line : ShopSettings.lines(FOLDER.resolve(name))) {
            Matcher from = Pattern.compile("FROM (\\S+)(?: AS (\\w+))?").matcher(line);
            if (from.matches()) {
                assertThat(stages.contains(from.group(1)) || from.group(1).matches("\\S+:[\\w-]*\\d+\\.\\d+\\S*"))
                        .as(line)
                        .isTrue();
                stages.add(String.valueOf(from.group(2)));
            }
            if (line.startsWith("USER ")) {
                user = line.substring("USER ".length());
            }
            Matcher copied = Pattern.compile("COPY ([^-].*) \\S+").matcher(line);
            if (copied.matches()) {
                for (String file : copied.group(1).split(" ")) {
                    assertThat(Path.of(file)).exists();
                    assertThat(Path.of(".dockerignore")).content().contains("!" + file + "\n");
                }
            }
        }
        assertThat(user).matches("[1-9]\\d+:[1-9]\\d+");
        assertThat(FOLDER.resolve(name)).content().contains("\nHEALTHCHECK ").containsPattern("\nENTRYPOINT \\[\"");
    }

    @Test
    void the_jvm_image_starts_with_the_cache_that_its_build_has_made_and_tried() {
        assertThat(FOLDER.resolve("Dockerfile.jvm"))
                .content()
                .containsPattern("RUN TRAIN_OPTIONS=-XX:\\+UseG1GC sh /train /app")
                .containsPattern("RUN java -XX:\\+UseG1GC -XX:AOTMode=on -XX:AOTCache=app.aot ")
                .containsPattern("ENTRYPOINT \\[\"java\", \"-XX:\\+UseG1GC\", .*\"-XX:AOTCache=app.aot\"");
    }

    @Test
    void the_same_image_has_the_same_version_wherever_it_is_named() throws IOException {
        Map<String, Set<String>> versions = new TreeMap<>();
        Pattern named = Pattern.compile("(?:image: |FROM |-t )([a-z0-9./-]+):([\\w.-]+)");
        for (Path folder : List.of(FOLDER, Path.of("k8s"), Path.of("docs/kubernetes.md"))) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Matcher image = named.matcher(Files.readString(file));
                    while (image.find()) {
                        // A JDK builds what its JRE runs; a native image is one of the same version.
                        versions.computeIfAbsent(image.group(1), name -> new TreeSet<>())
                                .add(image.group(2).replace("-jdk-", "-jre-").replace("-native", ""));
                    }
                }
            }
        }
        assertThat(versions).containsKeys("emporium", "postgres", "redis", "eclipse-temurin");
        assertThat(versions.values()).allSatisfy(same -> assertThat(same).hasSize(1));
    }

    @Test
    void prometheus_asks_who_is_there_and_every_process_of_the_shop() throws IOException {
        JsonNode compose = compose();
        Set<String> asked = new TreeSet<>();
        for (JsonNode job : Yaml.documents(FOLDER.resolve("prometheus/prometheus.yml"))
                .getFirst()
                .path("scrape_configs")) {
            asked.add(job.at("/static_configs/0/targets/0").asText("").split(":", 2)[0]);
            job.at("/dns_sd_configs/0/names").forEach(name -> asked.add(name.asText()));
        }
        asked.removeAll(Set.of("localhost", ""));
        assertThat(asked)
                .isNotEmpty()
                .allSatisfy(service ->
                        assertThat(networks(compose.at("/services/" + service))).contains("watch"));
        assertThat(asked).contains("app", "worker");
    }

    @Test
    void env_example_has_every_setting_that_the_shop_reads_once_and_no_other() {
        assertThat(example().stream().map(line -> line.replaceAll("^#|=.*", "")))
                .containsExactlyInAnyOrderElementsOf(SETTINGS);
    }

    @Test
    void env_example_shows_the_default_of_what_is_commented_out() {
        Map<String, String> defaults = ShopSettings.defaults();
        for (String line : example()) {
            String[] pair = line.replaceFirst("^#", "").split("=", 2);
            if (defaults.containsKey(pair[0])) {
                assertThat(pair[1]).as(pair[0]).isEqualTo(line.startsWith("#") ? defaults.get(pair[0]) : "");
            }
        }
    }

    private static List<String> example() {
        return ShopSettings.lines(Path.of(".env.example")).stream()
                .filter(line -> line.matches("#?[A-Z][A-Z0-9_]*=.*"))
                .toList();
    }
}
