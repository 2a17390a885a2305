package io.emporium.local;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/** An S3-compatible store whose objects are files; the bucket {@code emporium} is there from the start. */
final class ObjectStore implements LocalServer {

    private static final String BUCKET = "emporium";

    private final DataFolder data;
    private final int port = Ports.free();
    private S3Proxy proxy;

    ObjectStore(DataFolder data) throws IOException {
        this.data = data;
    }

    @Override
    public String name() {
        return "s3";
    }

    @Override
    public String title() {
        return "S3-compatible store";
    }

    @Override
    public void start() throws Exception {
        Path folder = data.folder("s3");
        Files.createDirectories(folder.resolve(BUCKET));
        S3Proxy starting = S3Proxy.builder()
                .endpoint(URI.create("http://" + Ports.HOST + ":" + port))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "emporium", secret())
                .blobStore(new FilesystemNio2BlobStore(folder.toString()))
                .ignoreUnknownHeaders(true)
                .build();
        starting.start();
        proxy = starting;
    }

    @Override
    public void stop() throws Exception {
        if (proxy != null) {
            proxy.stop();
            proxy = null;
        }
    }

    @Override
    public Map<String, String> settings() {
        return Map.of(
                "AWS_ENDPOINT_URL_S3",
                "http://" + Ports.HOST + ":" + port,
                "AWS_ACCESS_KEY_ID",
                "emporium",
                "AWS_SECRET_ACCESS_KEY",
                secret(),
                "AWS_REGION",
                "us-east-1",
                "S3_BUCKET",
                BUCKET);
    }

    private String secret() {
        try {
            return data.secret("s3");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
