package io.emporium.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.qpid.server.SystemLauncher;

/**
 * An AMQP 0-9-1 broker that speaks to RabbitMQ's clients: topic exchanges, publisher confirms, persistent messages in a Derby
 * database. RabbitMQ's own arguments ({@code x-…}, {@code alternate-exchange}) are accepted without effect.
 */
final class BrokerServer implements LocalServer {

    private final DataFolder data;
    private final int port = Ports.free();
    private SystemLauncher launcher;

    BrokerServer(DataFolder data) throws IOException {
        this.data = data;
    }

    @Override
    public String name() {
        return "rabbitmq";
    }

    @Override
    public String title() {
        return "AMQP 0-9-1 broker";
    }

    @Override
    public void start() throws Exception {
        System.setProperty("queue.behaviourOnUnknownDeclareArgument", "IGNORE");
        System.setProperty("exchange.behaviourOnUnknownDeclareArgument", "IGNORE");
        Path folder = data.folder("broker");
        Path config = folder.resolve("broker.json");
        DataFolder.write(config, config(folder.resolve("store")));
        // A part of Derby's own lock; the folder's lock says that nobody else is here.
        Files.deleteIfExists(folder.resolve("store").resolve("default").resolve("db.lck"));
        System.setProperty("derby.stream.error.file", data.log("broker-store").toString());
        Map<String, Object> attributes = new HashMap<>();
        attributes.put("type", "Memory");
        attributes.put("initialConfigurationLocation", config.toString());
        attributes.put("startupLoggedToSystemOut", "false");
        attributes.put("context", Map.of("qpid.work_dir", folder.toString()));
        SystemLauncher starting = new SystemLauncher();
        starting.startup(attributes);
        launcher = starting;
    }

    @Override
    public void stop() {
        if (launcher != null) {
            launcher.shutdown();
            launcher = null;
        }
    }

    @Override
    public Map<String, String> settings() {
        try {
            return Map.of(
                    "RABBITMQ_HOST",
                    Ports.HOST,
                    "RABBITMQ_PORT",
                    Integer.toString(port),
                    "RABBITMQ_USER",
                    "emporium",
                    "RABBITMQ_PASSWORD",
                    password(),
                    "RABBITMQ_VHOST",
                    "/");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** One of its own, as PostgreSQL's: the packaged shop does not start with a password that everybody knows. */
    private String password() throws IOException {
        return data.secret("broker");
    }

    private String config(Path store) throws IOException {
        return """
            {
              "name": "emporium",
              "modelVersion": "9.0",
              "authenticationproviders": [
                {"name": "plain", "type": "Plain", "secureOnlyMechanisms": [],
                 "users": [{"name": "emporium", "type": "managed", "password": "%s"}]}
              ],
              "ports": [
                {"name": "amqp", "port": %d, "bindingAddress": "%s", "authenticationProvider": "plain",
                 "protocols": ["AMQP_0_9_1"],
                 "virtualhostaliases": [
                   {"name": "nameAlias", "type": "nameAlias"},
                   {"name": "defaultAlias", "type": "defaultAlias"},
                   {"name": "hostnameAlias", "type": "hostnameAlias"}]}
              ],
              "virtualhostnodes": [
                {"name": "default", "type": "DERBY", "storePath": "%s", "defaultVirtualHostNode": "true",
                 "virtualHostInitialConfiguration": "{\\"type\\": \\"ProvidedStore\\"}"}
              ]
            }
            """.formatted(password(), port, Ports.HOST, store.toString().replace("\\", "\\\\"));
    }
}
