package io.emporium.local;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Redis 6.2 with an append-only file, so that what it holds outlives a restart. */
final class RedisServer implements LocalServer {

    private final DataFolder data;
    private final Programs programs;
    private final int port = Ports.free();
    private final Child child;

    RedisServer(DataFolder data, Programs programs) throws IOException {
        this.data = data;
        this.programs = programs;
        this.child = new Child(name(), data);
    }

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public String title() {
        return "Redis 6.2";
    }

    @Override
    public boolean apart() {
        return true;
    }

    @Override
    public void start() throws Exception {
        Path folder = data.folder("redis");
        child.start(List.of(
                programs.redis().toString(),
                "--port",
                Integer.toString(port),
                "--bind",
                Ports.HOST,
                "--dir",
                folder.toString(),
                "--appendonly",
                "yes",
                // A start after a kill may find the last command half written; without it Redis refuses to start.
                "--aof-load-truncated",
                "yes",
                "--save",
                ""));
        for (int i = 0; i < 500; i++) {
            if (!child.alive()) {
                throw new IOException("it ended: " + child.lastWords());
            }
            if (answers()) {
                return;
            }
            Thread.sleep(20);
        }
        throw new IOException("it did not answer in 10 seconds, see " + data.log(name()));
    }

    @Override
    public void stop() throws Exception {
        child.stop();
    }

    @Override
    public Map<String, String> settings() {
        return Map.of("REDIS_HOST", Ports.HOST, "REDIS_PORT", Integer.toString(port));
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(Ports.HOST, port), 200);
            socket.setSoTimeout(1000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII).equals("+PONG");
        } catch (IOException notYet) {
            return false;
        }
    }
}
