package io.emporium.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What must hold of everything that goes to a cluster together, beyond what its schema says. */
final class ClusterRules {
    private static final Set<String> WORKLOADS = Set.of("Deployment", "StatefulSet", "Job");

    /** Made by hand or by an operator, never from a file: docs/kubernetes.md says how. */
    static final Set<String> SECRETS = Set.of("emporium", "emporium-signing-key", "emporium-tls");

    private final List<ObjectNode> objects;
    private final Set<String> settings;
    private final List<String> faults = new ArrayList<>();

    private ClusterRules(List<ObjectNode> objects, Set<String> settings) {
        this.objects = objects;
        this.settings = settings;
    }

    /** @param settings the names that the shop knows */
    static List<String> faults(List<ObjectNode> objects, Set<String> settings) {
        ClusterRules rules = new ClusterRules(objects, settings);
        objects.forEach(rules::look);
        return rules.faults;
    }

    private void look(JsonNode object) {
        KubernetesSchema.fault(object).ifPresent(faults::add);
        String who = object.path("kind").asText() + " " + Kustomization.name(object);
        switch (object.path("kind").asText()) {
            case "Deployment", "StatefulSet", "Job" -> workload(who, object);
            case "Secret" -> faults.add(who + ": secrets are no files");
            case "ServiceAccount" ->
                demand(!object.path("automountServiceAccountToken").asBoolean(true), who, "its token is mounted");
            case "ConfigMap" -> object.path("data").fieldNames().forEachRemaining(name -> knownSetting(who, name));
            case "Service" -> {
                for (JsonNode port : object.at("/spec/ports")) {
                    demand(
                            podsOf(object.at("/spec/selector"))
                                    .anyMatch(pod ->
                                            hasPort(pod, port.path("targetPort").asText())),
                            who,
                            "no pod behind it has the port " + port.path("targetPort"));
                }
            }
            case "HorizontalPodAutoscaler" -> {
                JsonNode target = object.at("/spec/scaleTargetRef");
                demand(exists(target.path("kind").asText(), target.path("name").asText()), who, "scales nothing");
                demand(
                        find(target.path("kind").asText(), target.path("name").asText()).stream()
                                .allMatch(scaled -> scaled.at("/spec/template/spec/containers/0/resources/requests/cpu")
                                        .isValueNode()),
                        who,
                        "nobody knows how much processor is much");
            }
            case "PodDisruptionBudget" ->
                demand(podsOf(object.at("/spec/selector/matchLabels")).findAny().isPresent(), who, "protects nobody");
            case "NetworkPolicy" -> {
                demand(
                        object.at("/metadata/name").asText().equals("emporium-out")
                                || podsOf(object.at("/spec/podSelector/matchLabels"))
                                        .findAny()
                                        .isPresent(),
                        who,
                        "concerns nobody");
                for (JsonNode in : object.at("/spec/ingress")) {
                    for (JsonNode port : in.path("ports")) {
                        demand(
                                podsOf(object.at("/spec/podSelector/matchLabels"))
                                        .allMatch(pod ->
                                                hasPort(pod, port.path("port").asText())),
                                who,
                                "lets in to no port: " + port.path("port"));
                    }
                }
            }
            case "Gateway" ->
                object.at("/spec/listeners")
                        .forEach(listener -> listener.at("/tls/certificateRefs")
                                .forEach(secret -> demand(
                                        SECRETS.contains(secret.path("name").asText()),
                                        who,
                                        "nobody makes " + secret)));
            case "HTTPRoute" -> route(who, object);
            default -> faults.add(who + ": no rules for such");
        }
    }

    private void route(String who, JsonNode route) {
        for (JsonNode parent : route.at("/spec/parentRefs")) {
            demand(
                    find("Gateway", parent.path("name").asText()).stream()
                            .flatMap(gateway -> elements(gateway.at("/spec/listeners")))
                            .anyMatch(listener -> listener.path("name").equals(parent.path("sectionName"))),
                    who,
                    "no gateway has the listener " + parent);
        }
        for (JsonNode rule : route.at("/spec/rules")) {
            demand(rule.has("timeouts") || rule.has("filters"), who, "a rule without timeouts");
            for (JsonNode backend : rule.path("backendRefs")) {
                demand(
                        find("Service", backend.path("name").asText()).stream()
                                .flatMap(service -> elements(service.at("/spec/ports")))
                                .anyMatch(port -> port.path("port").equals(backend.path("port"))),
                        who,
                        "no service has the port " + backend);
            }
        }
    }

    private void workload(String who, JsonNode workload) {
        JsonNode pod = workload.at("/spec/template/spec");
        JsonNode user = pod.path("securityContext");
        demand(user.path("runAsNonRoot").asBoolean() && user.path("runAsUser").asLong() > 0, who, "may run as root");
        demand(user.at("/seccompProfile/type").asText().equals("RuntimeDefault"), who, "may call all of the kernel");
        demand(!pod.path("automountServiceAccountToken").asBoolean(true), who, "its token is mounted");
        if (pod.has("serviceAccountName")) {
            demand(exists("ServiceAccount", pod.get("serviceAccountName").asText()), who, "no such service account");
        }
        boolean job = workload.path("kind").asText().equals("Job");
        if (!job) {
            demand(
                    contains(workload.at("/spec/template/metadata/labels"), workload.at("/spec/selector/matchLabels")),
                    who,
                    "selects other pods than its own");
        }
        for (JsonNode container : pod.path("containers")) {
            container(who + "/" + container.path("name").asText(), pod, container, job);
            if (!job && container.path("name").asText().equals("emporium")) {
                ends(who, pod, container);
            }
        }
        for (JsonNode volume : pod.path("volumes")) {
            if (volume.has("secret")) {
                secret(who, volume.at("/secret/secretName").asText());
            }
        }
    }

    private void ends(String who, JsonNode pod, JsonNode container) {
        Map<String, String> environment = new HashMap<>();
        container
                .path("env")
                .forEach(variable -> environment.put(
                        variable.path("name").asText(), variable.path("value").asText()));
        demand(
                Duration.ofSeconds(pod.path("terminationGracePeriodSeconds").asLong())
                                .compareTo(ShopSettings.longestEnd(environment))
                        > 0,
                who,
                "is killed before it has ended in order");
        demand(
                find("Service", who.replace("Deployment ", "")).isEmpty()
                        || ShopSettings.shutdownDelay(environment).isPositive(),
                who,
                "ends while gateways still send requests");
    }

    private void container(String who, JsonNode pod, JsonNode container, boolean job) {
        demand(container.path("image").asText().matches("\\S+:v?\\d[\\w.-]*"), who, "its image is not pinned");
        JsonNode rights = container.path("securityContext");
        demand(rights.path("readOnlyRootFilesystem").asBoolean(), who, "may write into its image");
        demand(!rights.path("allowPrivilegeEscalation").asBoolean(true), who, "may become more than it is");
        demand(rights.at("/capabilities/drop/0").asText().equals("ALL"), who, "keeps capabilities");
        demand(!rights.has("privileged"), who, "is privileged");
        for (String bound : List.of("requests", "limits")) {
            for (String what : List.of("cpu", "memory")) {
                demand(
                        container.at("/resources/" + bound + "/" + what).isValueNode(),
                        who,
                        "no " + what + " in " + bound);
            }
        }
        if (!job) {
            for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                demand(container.has(probe), who, "no " + probe);
                JsonNode asked = container.at("/" + probe + "/httpGet");
                if (!asked.isMissingNode()) {
                    demand(
                            asked.path("path").asText().equals(PATHS.get(probe)),
                            who,
                            "asks " + asked + " for its " + probe);
                    demand(hasPort(pod, asked.path("port").asText()), who, "has no port for its " + probe);
                }
            }
        }
        for (JsonNode mount : container.path("volumeMounts")) {
            demand(
                    elements(pod.path("volumes"))
                                    .anyMatch(volume -> volume.path("name").equals(mount.path("name")))
                            || mount.path("name").asText().equals("data"),
                    who,
                    "mounts what is not there: " + mount.path("name"));
        }
        for (JsonNode from : container.path("envFrom")) {
            if (from.has("secretRef")) {
                secret(who, from.at("/secretRef/name").asText());
            } else {
                String map = from.at("/configMapRef/name").asText();
                demand(exists("ConfigMap", map), who, "no config map " + map);
            }
        }
        boolean shop = container.path("name").asText().equals("emporium");
        for (JsonNode variable : container.path("env")) {
            String name = variable.path("name").asText();
            if (shop) {
                knownSetting(who, name);
            }
            demand(
                    !variable.has("value") || !name.matches(".*(PASSWORD|PASS|SECRET|TOKEN|KEY)"),
                    who,
                    "a secret in a file: " + name);
            JsonNode secret = variable.at("/valueFrom/secretKeyRef");
            if (!secret.isMissingNode()) {
                secret(who, secret.path("name").asText());
                knownSetting(who, secret.path("key").asText());
            }
        }
    }

    private static final Map<String, String> PATHS = Map.of(
            "startupProbe", "/q/health/started",
            "livenessProbe", "/q/health/live",
            "readinessProbe", "/q/health/ready");

    private void secret(String who, String name) {
        demand(SECRETS.contains(name), who, "nobody makes the secret " + name);
    }

    private void knownSetting(String who, String name) {
        demand(settings.contains(name), who, "the shop has no setting " + name);
    }

    private void demand(boolean holds, String who, String otherwise) {
        if (!holds) {
            faults.add(who + ": " + otherwise);
        }
    }

    private boolean exists(String kind, String name) {
        return find(kind, name).isPresent();
    }

    private Optional<ObjectNode> find(String kind, String name) {
        return objects.stream()
                .filter(object -> object.path("kind").asText().equals(kind)
                        && Kustomization.name(object).equals(name))
                .findFirst();
    }

    /** The pod specs whose labels hold all of these. */
    private Stream<JsonNode> podsOf(JsonNode labels) {
        return objects.stream()
                .filter(object -> WORKLOADS.contains(object.path("kind").asText()))
                .filter(object -> contains(object.at("/spec/template/metadata/labels"), labels))
                .map(object -> object.at("/spec/template/spec"));
    }

    private static boolean contains(JsonNode labels, JsonNode wanted) {
        Set<String> names = new HashSet<>();
        wanted.fieldNames().forEachRemaining(names::add);
        return !names.isEmpty()
                && names.stream().allMatch(name -> wanted.get(name).equals(labels.path(name)));
    }

    private static boolean hasPort(JsonNode pod, String port) {
        return elements(pod.path("containers"))
                .flatMap(container -> elements(container.path("ports")))
                .anyMatch(open -> open.path("name").asText().equals(port)
                        || open.path("containerPort").asText().equals(port));
    }

    private static Stream<JsonNode> elements(JsonNode list) {
        List<JsonNode> elements = new ArrayList<>();
        list.forEach(elements::add);
        return elements.stream();
    }
}
