package io.emporium.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What {@code kubectl kustomize} makes of a folder, as far as {@code k8s/} uses it, since a build has no kubectl; whoever has
 * one has it compared by {@link KubernetesTest}. What it does not know it refuses, and generated names get no hash.
 */
final class Kustomization {
    private static final Set<String> KNOWN = Set.of(
            "apiVersion", "kind", "resources", "components", "namespace", "images", "configMapGenerator", "patches");

    private final List<ObjectNode> objects = new ArrayList<>();
    private final Set<Path> files = new TreeSet<>();

    private Kustomization() {}

    static Kustomization of(Path folder) {
        Kustomization made = new Kustomization();
        made.apply(folder);
        return made;
    }

    List<ObjectNode> objects() {
        return objects;
    }

    /** All that was read for it. */
    Set<Path> files() {
        return files;
    }

    private void apply(Path folder) {
        Path file = folder.resolve("kustomization.yaml").normalize();
        files.add(file);
        ObjectNode asked = Yaml.documents(file).getFirst();
        asked.fieldNames()
                .forEachRemaining(name -> assertThat(KNOWN)
                        .as("%s: what %s does is not known to this test", file, name)
                        .contains(name));
        for (JsonNode resource : asked.path("resources")) {
            Path there = folder.resolve(resource.asText()).normalize();
            if (Files.isDirectory(there)) {
                Kustomization base = of(there);
                objects.addAll(base.objects);
                files.addAll(base.files);
            } else {
                files.add(there);
                objects.addAll(Yaml.documents(there));
            }
        }
        asked.path("configMapGenerator").forEach(this::generate);
        asked.path("components")
                .forEach(component -> apply(folder.resolve(component.asText()).normalize()));
        asked.path("patches").forEach(this::patch);
        asked.path("images").forEach(this::image);
        if (asked.has("namespace")) {
            objects.forEach(object -> ((ObjectNode) object.get("metadata")).set("namespace", asked.get("namespace")));
        }
    }

    private void generate(JsonNode generator) {
        ObjectNode map = Yaml.JSON.createObjectNode().put("apiVersion", "v1").put("kind", "ConfigMap");
        map.putObject("metadata").put("name", generator.get("name").asText());
        ObjectNode data = map.putObject("data");
        for (JsonNode literal : generator.get("literals")) {
            String[] pair = literal.asText().split("=", 2);
            data.put(pair[0], pair[1]);
        }
        objects.add(map);
    }

    private void patch(JsonNode patch) {
        JsonNode target = patch.get("target");
        boolean met = false;
        for (int i = 0; i < objects.size(); i++) {
            ObjectNode object = objects.get(i);
            if (object.path("kind").asText().equals(target.get("kind").asText())
                    && name(object).matches(target.get("name").asText())) {
                objects.set(i, patched(object, Yaml.value(patch.get("patch").asText())));
                met = true;
            }
        }
        assertThat(met).as("nothing is there for the patch of %s", target).isTrue();
    }

    /** RFC 6902. */
    static ObjectNode patched(ObjectNode object, JsonNode operations) {
        try (JsonReader patch = Json.createReader(new StringReader(operations.toString()));
                JsonReader before = Json.createReader(new StringReader(object.toString()))) {
            JsonArray array = patch.readArray();
            JsonObject after = Json.createPatch(array).apply(before.readObject());
            return (ObjectNode) Yaml.JSON.readTree(after.toString());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private void image(JsonNode image) {
        String name = image.get("name").asText();
        String made =
                image.path("newName").asText(name) + ":" + image.get("newTag").asText();
        for (ObjectNode object : objects) {
            for (JsonNode container : object.at("/spec/template/spec/containers")) {
                if (container.path("image").asText().equals(name)) {
                    ((ObjectNode) container).put("image", made);
                }
            }
        }
    }

    static String name(JsonNode object) {
        return object.at("/metadata/name").asText();
    }
}
