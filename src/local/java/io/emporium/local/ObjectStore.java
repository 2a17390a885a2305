package io.emporium.local;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;

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
                .blobStore(withPublicImages(new FilesystemNio2BlobStore(folder.toString())))
                .ignoreUnknownHeaders(true)
                .build();
        starting.start();
        proxy = starting;
    }

    /**
     * A browser sees what is under {@code images/}, as behind a CDN; originals and the list of what is there need the key. (The
     * store's own rights are those of its files, all or nothing.)
     */
    private static BlobStore withPublicImages(BlobStore store) {
        return (BlobStore) Proxy.newProxyInstance(
                BlobStore.class.getClassLoader(), new Class<?>[] {BlobStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getContainerAccess")) {
                        return BucketCannedACL.PRIVATE;
                    }
                    if (method.getName().equals("getBlobAccess")) {
                        return String.valueOf(arguments[1]).startsWith("images/")
                                ? ObjectCannedACL.PUBLIC_READ
                                : ObjectCannedACL.PRIVATE;
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
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
