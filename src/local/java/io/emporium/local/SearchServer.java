package io.emporium.local;

import java.io.IOException;
import java.util.Map;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/** A single search node (OpenSearch 3) that speaks Elasticsearch's REST API. */
final class SearchServer implements LocalServer {

    private final DataFolder data;
    private final int port = Ports.free();
    private OpenSearchRunner runner;

    SearchServer(DataFolder data) throws IOException {
        this.data = data;
    }

    @Override
    public String name() {
        return "search";
    }

    @Override
    public String title() {
        return "Search (OpenSearch 3.8)";
    }

    @Override
    public void start() throws Exception {
        int transport = Ports.free();
        OpenSearchRunner starting = new OpenSearchRunner();
        starting.setMaxHttpPort(65535);
        starting.onBuild((number, settings) -> {
            settings.put("http.port", Integer.toString(port));
            settings.put("transport.port", Integer.toString(transport));
            settings.put("network.host", Ports.HOST);
            settings.put("discovery.type", "single-node");
            // A shop on a laptop with a full disk shall still be searchable.
            settings.put("cluster.routing.allocation.disk.threshold_enabled", "false");
            settings.put("action.destructive_requires_name", "false");
        });
        starting.build(OpenSearchRunner.newConfigs()
                .basePath(data.folder("search").toString())
                .clusterName("emporium")
                .numOfNode(1)
                .baseHttpPort(port - 1));
        runner = starting;
    }

    @Override
    public void stop() throws Exception {
        if (runner != null) {
            runner.close();
            runner = null;
        }
    }

    @Override
    public Map<String, String> settings() {
        return Map.of("ELASTICSEARCH_HOSTS", Ports.HOST + ":" + port);
    }
}
