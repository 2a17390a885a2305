package io.emporium.local;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A real Elasticsearch in the place of OpenSearch, unpacked by whoever sets {@code EMPORIUM_ELASTICSEARCH}: {@code .ci/run}
 * has the search tests run on both. It refuses to be root; where we are, it is nobody, and so its data is below its own
 * folder, not in the data folder, which is ours alone. Whoever has unpacked it throws it away.
 */
final class ElasticsearchServer implements LocalServer {

    private static final String NOBODY = "65534";

    private final Path home;
    private final DataFolder data;
    private final int port = Ports.free();
    private final int transport = Ports.free();
    private final Child child;
    private Path folder;

    ElasticsearchServer(DataFolder data, Path home) throws IOException {
        this.data = data;
        this.home = home;
        this.child = new Child(name(), data);
    }

    @Override
    public String name() {
        return "search";
    }

    @Override
    public String title() {
        return "Search (Elasticsearch)";
    }

    @Override
    public boolean apart() {
        return true;
    }

    @Override
    public void start() throws Exception {
        if (folder == null) {
            folder = configured();
        }
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        }
        command.addAll(List.of(
                "env",
                "--chdir=" + folder,
                "HOME=" + folder,
                "ES_JAVA_HOME=" + System.getProperty("java.home"),
                "ES_JAVA_OPTS=-Xms768m -Xmx768m",
                "ES_PATH_CONF=" + folder.resolve("config"),
                home.resolve("bin").resolve("elasticsearch").toString()));
        child.start(command);
        for (int i = 0; i < 1200; i++) {
            if (!child.alive()) {
                throw new IOException("it ended: " + child.lastWords());
            }
            if (answers()) {
                return;
            }
            Thread.sleep(100);
        }
        throw new IOException("it did not answer in two minutes, see " + data.log(name()));
    }

    @Override
    public void stop() throws Exception {
        child.stop();
    }

    @Override
    public Map<String, String> settings() {
        return Map.of("ELASTICSEARCH_HOSTS", Ports.HOST + ":" + port);
    }

    private Path configured() throws IOException {
        Path made = Files.createTempDirectory(home, "run");
        Path config = Files.createDirectories(made.resolve("config"));
        Files.createDirectories(made.resolve("data"));
        Files.createDirectories(made.resolve("logs"));
        try (Stream<Path> theirs = Files.list(home.resolve("config"))) {
            for (Path each : theirs.filter(Files::isRegularFile).toList()) {
                Files.copy(each, config.resolve(each.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.writeString(config.resolve("elasticsearch.yml"), """
                cluster.name: emporium
                discovery.type: single-node
                network.host: %s
                http.port: %d
                transport.port: %d
                path.data: %s
                path.logs: %s
                xpack.security.enabled: false
                cluster.routing.allocation.disk.threshold_enabled: false
                action.destructive_requires_name: false
                """.formatted(
                        Ports.HOST, port, transport, made.resolve("data"), made.resolve("logs")));
        if (System.getProperty("user.name").equals("root")) {
            UserPrincipal nobody =
                    made.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(NOBODY);
            try (Stream<Path> all = Files.walk(made)) {
                for (Path each : all.toList()) {
                    Files.setOwner(each, nobody);
                }
            }
        }
        return made;
    }

    /** Its health, since the least distribution has nothing at the root. */
    private boolean answers() {
        try {
            var asking = (HttpURLConnection) URI.create("http://" + Ports.HOST + ":" + port + "/_cluster/health")
                    .toURL()
                    .openConnection();
            asking.setConnectTimeout(500);
            asking.setReadTimeout(5_000);
            return asking.getResponseCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }
}
