package io.emporium.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code k8s/}: what goes to a cluster is what Kubernetes takes, what the shop understands, and safe. */
class KubernetesTest {
    private static final Path ROOT = Path.of("k8s");
    private static final List<String> OVERLAYS = List.of("local", "production", "production/migration");
    private static final Path DOCUMENT = Path.of("docs/kubernetes.md");
    private static final Set<String> SETTINGS = ShopSettings.names();

    private static Kustomization overlay(String name) {
        return Kustomization.of(ROOT.resolve("overlays").resolve(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", "production", "production/migration"})
    void every_manifest_is_what_kubernetes_takes_and_fits_the_others(String name) {
        assertThat(ClusterRules.faults(overlay(name).objects(), SETTINGS)).isEmpty();
    }

    /** Each mistake is made in what production gets, and told. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Deployment | /spec/template/spec/containers/0/image | "emporium:latest" | not pinned
            Deployment | /spec/template/spec/containers/0/image | "emporium" | not pinned
            Deployment | /spec/template/spec/containers/0/imagePolicy | "Always" | imagePolicy
            Deployment | /spec/replica | 3 | replica
            Deployment | /spec/template/spec/containers/0/ports/0/containerPort | "many" | many
            Deployment | /spec/template/spec/securityContext/runAsUser | 0 | may run as root
            Deployment | /spec/template/spec/containers/0/securityContext/readOnlyRootFilesystem | false | may write
            Deployment | /spec/template/spec/containers/0/securityContext/capabilities/drop | [] | keeps capabilities
            Deployment | /spec/template/spec/containers/0/resources/limits | {} | no memory in limits
            Deployment | /spec/template/spec/containers/0/readinessProbe/httpGet/path | "/health" | asks
            Deployment | /spec/template/spec/containers/0/livenessProbe/httpGet/port | "https" | no port for its livenessProbe
            Deployment | /spec/template/spec/containers/0/envFrom/0/configMapRef/name | "other" | no config map other
            Deployment | /spec/template/spec/containers/0/envFrom/1/secretRef/name | "other" | nobody makes the secret other
            Deployment | /spec/template/spec/containers/0/env/0/name | "WORKER" | no setting WORKER
            Deployment | /spec/template/spec/containers/0/env/- | {"name":"DB_PASSWORD","value":"x"} | a secret in a file
            Deployment | /spec/template/spec/containers/0/volumeMounts/0/name | "temp" | mounts what is not there
            Deployment | /spec/template/spec/terminationGracePeriodSeconds | 35 | is killed before it has ended
            Deployment | /spec/template/spec/containers/0/env/3/value | "0s" | ends while gateways still send
            Deployment | /spec/template/spec/serviceAccountName | "other" | no such service account
            Deployment | /spec/template/metadata/labels | {"app":"x"} | selects other pods
            ServiceAccount | /automountServiceAccountToken | true | token is mounted
            ConfigMap | /data/DB_HOSTS | "x" | no setting DB_HOSTS
            Service | /spec/ports/0/targetPort | "web" | no pod behind it
            Service | /spec/selector/app.kubernetes.io~1component | "api" | no pod behind it
            HorizontalPodAutoscaler | /spec/scaleTargetRef/name | "web" | scales nothing
            HorizontalPodAutoscaler | /spec/maxReplicas | null | maxReplicas
            PodDisruptionBudget | /spec/selector/matchLabels/app.kubernetes.io~1name | "shop" | protects nobody
            NetworkPolicy | /spec/podSelector/matchLabels/app.kubernetes.io~1name | "shop" | concerns nobody
            Gateway | /spec/listeners/1/tls/certificateRefs/0/name | "other" | nobody makes
            Gateway | /spec/gatewayClass | "x" | gatewayClass
            HTTPRoute | /spec/parentRefs/0/sectionName | "tls" | no gateway has the listener
            HTTPRoute | /spec/rules/0/timeout | "1s" | timeout
            """)
    void a_mistake_in_a_manifest_is_found(String kind, String path, String value, String told) {
        List<ObjectNode> objects = overlay("production").objects();
        int first = firstOf(kind, objects);
        String operation = value.equals("null")
                ? "[{\"op\":\"remove\",\"path\":\"%s\"}]".formatted(path)
                : "[{\"op\":\"add\",\"path\":\"%s\",\"value\":%s}]".formatted(path, value);
        objects.set(first, Kustomization.patched(objects.get(first), Yaml.value(operation)));

        assertThat(ClusterRules.faults(objects, SETTINGS))
                .anySatisfy(fault -> assertThat(fault).startsWith(kind).contains(told));
    }

    private static int firstOf(String kind, List<ObjectNode> objects) {
        for (int i = 0; i < objects.size(); i++) {
            if (objects.get(i).path("kind").asText().equals(kind)) {
                return i;
            }
        }
        throw new AssertionError("no " + kind);
    }

    @Test
    void no_file_is_left_that_nobody_uses() throws IOException {
        Set<Path> used = new TreeSet<>();
        OVERLAYS.forEach(name -> used.addAll(overlay(name).files()));
        try (Stream<Path> files = Files.walk(ROOT)) {
            assertThat(files.filter(Files::isRegularFile)).containsExactlyInAnyOrderElementsOf(used);
        }
    }

    @Test
    void the_port_is_the_one_the_shop_listens_on() {
        assertThat(overlay("production").objects().stream()
                        .filter(object -> object.path("kind").asText().equals("Deployment"))
                        .map(object -> object.at("/spec/template/spec/containers/0/ports/0/containerPort")
                                .asText()))
                .hasSize(2)
                .containsOnly(ShopSettings.defaults().get("PORT"));
    }

    @Test
    void in_production_no_pod_migrates_and_the_job_does_nothing_else() {
        for (ObjectNode object : overlay("production").objects()) {
            if (object.path("kind").asText().equals("Deployment")) {
                assertThat(object.at("/spec/template/spec/containers/0/env").toString())
                        .contains("{\"name\":\"MIGRATE_AT_START\",\"value\":\"false\"}");
            }
            assertThat(object.path("kind").asText()).isNotEqualTo("Job");
        }
        assertThat(overlay("production/migration").objects())
                .filteredOn(object -> object.path("kind").asText().equals("Job"))
                .singleElement()
                .satisfies(job -> assertThat(
                                job.at("/spec/template/spec/containers/0/args").toString())
                        .isEqualTo("[\"migrate\"]"));
    }

    @Test
    void shop_and_migration_have_the_same_settings_and_image() {
        assertThat(settingsAndImages("production/migration")).isNotEmpty().isEqualTo(settingsAndImages("production"));
    }

    private static Set<String> settingsAndImages(String name) {
        Set<String> found = new TreeSet<>();
        for (ObjectNode object : overlay(name).objects()) {
            found.add(object.path("data").toString());
            object.at("/spec/template/spec/containers")
                    .forEach(container -> found.add(container.path("image").asText()));
        }
        return found;
    }

    @Test
    void the_database_has_connections_for_all_pods_there_can_be() throws IOException {
        int pods = 0;
        int each = 0;
        for (ObjectNode object : overlay("production").objects()) {
            switch (object.path("kind").asText()) {
                case "HorizontalPodAutoscaler" ->
                    pods += object.at("/spec/maxReplicas").asInt();
                case "Deployment" ->
                    pods += object.at("/spec/replicas").asInt(0)
                            + object.at("/spec/strategy/rollingUpdate/maxSurge").asInt();
                case "ConfigMap" -> each = object.at("/data/DB_POOL_SIZE").asInt();
                default -> {}
            }
        }
        Matcher most = Pattern.compile("max_connections: \"(\\d+)\"").matcher(Files.readString(DOCUMENT));
        assertThat(most.find()).isTrue();
        assertThat(pods * each).isPositive().isLessThan(Integer.parseInt(most.group(1)));
    }

    @Test
    void the_document_says_how_each_secret_is_made_and_names_settings_that_are() throws IOException {
        String document = Files.readString(DOCUMENT);
        for (String secret : ClusterRules.SECRETS) {
            assertThat(document).contains(secret);
        }
        Matcher named = Pattern.compile("--from-literal=([A-Z_]+)=").matcher(document);
        Set<String> names = new TreeSet<>();
        while (named.find()) {
            names.add(named.group(1));
        }
        assertThat(names)
                .contains("DB_PASSWORD", "RABBITMQ_PASSWORD", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET")
                .isSubsetOf(SETTINGS);
    }

    /** Where there is a kubectl: this class has read the folders as it does. */
    @TestFactory
    Stream<DynamicTest> kubectl_makes_the_same_of_it() throws IOException, InterruptedException {
        if (!answers("kubectl", "version", "--client")) {
            return Stream.empty();
        }
        return OVERLAYS.stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    Process kubectl = new ProcessBuilder("kubectl", "kustomize", "k8s/overlays/" + name)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
                    String made = new String(kubectl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                    assertThat(kubectl.waitFor()).isZero();
                    // The hash of what is in it.
                    Matcher hashed =
                            Pattern.compile("name: (emporium)-[0-9a-z]{10}\\n").matcher(made);
                    assertThat(byName(Yaml.documents(hashed.replaceAll("name: $1\n"))))
                            .isEqualTo(byName(overlay(name).objects()));
                }));
    }

    private static TreeMap<String, JsonNode> byName(List<ObjectNode> objects) {
        TreeMap<String, JsonNode> byName = new TreeMap<>();
        for (ObjectNode object : objects) {
            assertThat(byName.put(object.path("kind").asText() + " " + Kustomization.name(object), object))
                    .isNull();
        }
        return byName;
    }

    private static boolean answers(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException notThere) {
            return false;
        }
    }
}
