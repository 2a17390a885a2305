package io.emporium.catalog.image;

import io.emporium.shared.Places;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Speaks S3. The client is made when the first picture comes, so that a shop without a store starts like any other. A store
 * that fails or hangs is left alone for five seconds after a few tries. No call of it may be made in a transaction.
 */
@ApplicationScoped
class PictureStore {
    private static final String FOR_EVER = "public, max-age=31536000, immutable";
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final ImageSettings settings;
    private final Places places;
    private @Nullable S3Client client;

    PictureStore(ImageSettings settings) {
        this.settings = settings;
        this.places = new Places(settings.callsAtOnce(), PATIENCE);
    }

    /**
     * Keeps what somebody uploaded; it is not for the public.
     *
     * @throws StoreAway if it may not have been kept
     * @throws org.eclipse.microprofile.faulttolerance.exceptions.FaultToleranceException if it is not even tried
     */
    @CircuitBreaker(requestVolumeThreshold = 4, delay = 5, delayUnit = ChronoUnit.SECONDS)
    void keep(String key, byte[] file, String mediaType) {
        put(key, file, mediaType, "private, no-store");
    }

    /** Keeps what browsers may keep for ever too: under its key there is never anything else. As {@link #keep}. */
    @CircuitBreaker(requestVolumeThreshold = 4, delay = 5, delayUnit = ChronoUnit.SECONDS)
    void publish(String key, byte[] file, String mediaType) {
        put(key, file, mediaType, FOR_EVER);
    }

    private void put(String key, byte[] file, String mediaType, String cacheControl) {
        call(s3 -> s3.putObject(
                request ->
                        request.bucket(bucket()).key(key).contentType(mediaType).cacheControl(cacheControl),
                RequestBody.fromBytes(file)));
    }

    /** Empty if there is nothing under that key. @throws StoreAway */
    @CircuitBreaker(requestVolumeThreshold = 4, delay = 5, delayUnit = ChronoUnit.SECONDS)
    Optional<byte[]> read(String key) {
        return call(s3 -> {
            try {
                return Optional.of(
                        s3.getObjectAsBytes(request -> request.bucket(bucket()).key(key))
                                .asByteArrayUnsafe());
            } catch (NoSuchKeyException gone) {
                return Optional.empty();
            }
        });
    }

    /** Everything whose key begins so. What is gone already is no fault. @throws StoreAway if something may still be there */
    @CircuitBreaker(requestVolumeThreshold = 4, delay = 5, delayUnit = ChronoUnit.SECONDS)
    void removeAll(String beginning) {
        List<String> keys =
                call(s3 -> s3.listObjectsV2(request -> request.bucket(bucket()).prefix(beginning)).contents().stream()
                        .map(S3Object::key)
                        .toList());
        keys.forEach(this::delete);
    }

    /** What is gone already is no fault. @throws StoreAway if it may still be there */
    @CircuitBreaker(requestVolumeThreshold = 4, delay = 5, delayUnit = ChronoUnit.SECONDS)
    void removeOne(String key) {
        delete(key);
    }

    private void delete(String key) {
        call(s3 -> s3.deleteObject(request -> request.bucket(bucket()).key(key)));
    }

    /** Where the public finds what has that key. */
    String address(String key) {
        return settings.publicUrl().map(PictureStore::withoutSlash).orElseGet(this::ownAddress) + "/" + key;
    }

    private String ownAddress() {
        return settings.endpoint()
                .map(endpoint -> withoutSlash(endpoint) + "/" + bucket())
                .orElseGet(() -> "https://" + bucket() + ".s3." + region() + ".amazonaws.com");
    }

    private static String withoutSlash(String address) {
        return address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    }

    private String region() {
        return settings.region().orElse("us-east-1");
    }

    private String bucket() {
        return settings.bucket().orElseThrow(() -> new StoreAway("S3_BUCKET is not set"));
    }

    private <T> T call(Function<S3Client, T> call) {
        S3Client connected;
        try {
            connected = client();
        } catch (RuntimeException misconfigured) {
            throw new StoreAway(misconfigured);
        }
        try {
            return places.take(() -> call.apply(connected), ImageError::storeAway);
        } catch (SdkException | IllegalArgumentException failed) {
            throw new StoreAway(failed);
        }
    }

    private synchronized S3Client client() {
        S3Client made = client;
        if (made == null) {
            made = connected();
            client = made;
        }
        return made;
    }

    private S3Client connected() {
        S3ClientBuilder builder = S3Client.builder()
                .region(Region.of(region()))
                .credentialsProvider(credentials())
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(settings.connectTimeout())
                        .socketTimeout(settings.readTimeout()))
                .overrideConfiguration(calls -> calls.apiCallTimeout(settings.callTimeout()))
                // Stores that are not Amazon's keep the frames of its checksums as if they were of the file.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(service -> service.chunkedEncodingEnabled(false));
        settings.endpoint()
                .map(URI::create)
                .ifPresent(endpoint -> builder.endpointOverride(endpoint).forcePathStyle(true));
        return builder.build();
    }

    private AwsCredentialsProvider credentials() {
        if (settings.accessKeyId().isEmpty() || settings.secretAccessKey().isEmpty()) {
            return DefaultCredentialsProvider.builder().build();
        }
        String id = settings.accessKeyId().get();
        String secret = settings.secretAccessKey().get();
        return StaticCredentialsProvider.create(settings.sessionToken()
                .<software.amazon.awssdk.auth.credentials.AwsCredentials>map(
                        token -> AwsSessionCredentials.create(id, secret, token))
                .orElseGet(() -> AwsBasicCredentials.create(id, secret)));
    }

    @PreDestroy
    synchronized void close() {
        if (client != null) {
            client.close();
        }
    }
}
