package io.emporium.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** YAML as those read it who get our files: with anchors and merges (Jackson's reader has neither), and no key twice. */
final class Yaml {
    static final ObjectMapper JSON = new ObjectMapper();

    private Yaml() {}

    static List<ObjectNode> documents(Path file) {
        try {
            return documents(Files.readString(file));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static List<ObjectNode> documents(String text) {
        List<ObjectNode> documents = new ArrayList<>();
        reader().loadAll(text).forEach(document -> documents.add(JSON.valueToTree(document)));
        return documents;
    }

    static JsonNode value(String text) {
        return JSON.valueToTree(reader().load(text));
    }

    private static org.yaml.snakeyaml.Yaml reader() {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new org.yaml.snakeyaml.Yaml(new SafeConstructor(options));
    }
}
