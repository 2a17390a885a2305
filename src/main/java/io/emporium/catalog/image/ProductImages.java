package io.emporium.catalog.image;

import io.emporium.shared.Refusal;
import io.emporium.web.AuditLog;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The pictures of products: taken in, ordered, shown and deleted. Whoever changes one holds its product's lock. */
@ApplicationScoped
class ProductImages {
    // Longer than a call to the store can take.
    private static final Duration UPLOADS_END = Duration.ofMinutes(1);

    private final PictureStore store;
    private final ImageSettings settings;
    private final EntityManager database;
    private final Event<ImagesChanged> changed;
    private final AuditLog audit;
    private final Clock clock;

    ProductImages(
            PictureStore store,
            ImageSettings settings,
            EntityManager database,
            Event<ImagesChanged> changed,
            AuditLog audit,
            Clock clock) {
        this.store = store;
        this.settings = settings;
        this.database = database;
        this.changed = changed;
        this.audit = audit;
        this.clock = clock;
    }

    /** @param isNew false: the product had this file already */
    record Taken(ImageView image, boolean isNew) {}

    private record Received(long imageId, String key, boolean isNew, boolean isMissing) {}

    /**
     * Takes a picture in. The same file again is the same image, and sends what is missing of it.
     *
     * @throws Refusal UNSUPPORTED_MEDIA_TYPE, VALIDATION_ERROR, RESOURCE_NOT_FOUND, and SERVICE_UNAVAILABLE if the store is
     *     away: then the same upload goes on later
     */
    Taken upload(long productId, byte[] file) {
        Picture picture = Picture.of(file);
        String sha256 = sha256(file);
        Received received =
                QuarkusTransaction.requiringNew().call(() -> receive(productId, sha256, picture, file.length));
        if (received.isMissing()) {
            try {
                store.keep(received.key(), file, picture.type().mediaType());
            } catch (StoreAway away) {
                throw ImageError.storeAway();
            }
        }
        ImageView image = QuarkusTransaction.requiringNew().call(() -> arrived(productId, received.imageId()));
        return new Taken(image, received.isNew());
    }

    private Received receive(long productId, String sha256, Picture picture, int bytes) {
        lock(productId);
        Instant now = clock.instant();
        ProductImage known = ProductImage.findLiving(productId, sha256).orElse(null);
        if (known != null) {
            if (known.state == ImageState.REFUSED) {
                known.sendAgain(now);
            }
            return new Received(known.imageId, known.originalKey(), false, known.state == ImageState.UPLOADING);
        }
        List<ProductImage> living = ProductImage.living(productId);
        if (living.size() >= settings.mostOfAProduct()) {
            throw ImageError.tooMany(settings.mostOfAProduct());
        }
        int position = living.isEmpty() ? 1 : Math.max(0, living.getLast().position) + 1;
        ProductImage image = ProductImage.uploading(productId, position, sha256, picture, bytes, now);
        image.persistAndFlush();
        return new Received(image.imageId, image.originalKey(), true, true);
    }

    private ImageView arrived(long productId, long imageId) {
        lock(productId);
        ProductImage image = ProductImage.findLiving(productId, imageId).orElseThrow(ImageError::deletedMeanwhile);
        // Who sent the same file at the same moment may have been first.
        if (image.state == ImageState.UPLOADING) {
            image.arrive(clock.instant());
            audit.record("product.image_uploaded", "product", productId, null, view(image));
        }
        return view(image);
    }

    /** All that live, in order. @throws Refusal RESOURCE_NOT_FOUND */
    @Transactional
    List<ImageView> list(long productId) {
        if (database.createNativeQuery("SELECT 1 FROM products WHERE product_id = :product", Integer.class)
                .setParameter("product", productId)
                .getResultList()
                .isEmpty()) {
            throw ImageError.productNotFound();
        }
        return ProductImage.living(productId).stream().map(this::view).toList();
    }

    /**
     * Shows them in that order.
     *
     * @param imageIds all that are ready, each once
     * @throws Refusal RESOURCE_NOT_FOUND, VALIDATION_ERROR
     */
    @Transactional
    List<ImageView> order(long productId, List<Long> imageIds) {
        lock(productId);
        List<ProductImage> ready = ProductImage.ready(productId);
        List<Long> before = ready.stream().map(image -> image.imageId).toList();
        if (imageIds.size() != before.size() || !new HashSet<>(imageIds).equals(new HashSet<>(before))) {
            throw ImageError.notTheReadyOnes();
        }
        if (!imageIds.equals(before)) {
            // Those that are not ready yet stay behind: their positions are greater.
            ready.forEach(image -> image.position = imageIds.indexOf(image.imageId) - imageIds.size());
            show(productId);
            audit.record(
                    "product.images_ordered",
                    "product",
                    productId,
                    Map.of("image_ids", before),
                    Map.of("image_ids", imageIds));
        }
        return ProductImage.living(productId).stream().map(this::view).toList();
    }

    /** It is not shown any more; its objects go later. @throws Refusal RESOURCE_NOT_FOUND, of another product's image too */
    @Transactional
    void delete(long productId, long imageId) {
        lock(productId);
        ProductImage image = ProductImage.findLiving(productId, imageId).orElseThrow(ImageError::notFound);
        ImageView before = view(image);
        delete(image);
        show(productId);
        audit.record("product.image_deleted", "product", productId, before, null);
    }

    private void delete(ProductImage image) {
        Instant now = clock.instant();
        image.delete(now.plus(UPLOADS_END), now);
    }

    /** Its sizes are in the store: the product shows it. @return false if the claim is not the caller's any more */
    @Transactional
    boolean ready(ImageWork.Claim claim, Map<Variant, String> keys, int width, int height) {
        lock(claim.productId());
        ProductImage image =
                ProductImage.findClaimed(claim.imageId(), claim.token()).orElse(null);
        if (image == null) {
            return false;
        }
        image.show(keys, width, height, clock.instant());
        show(claim.productId());
        return true;
    }

    /** It cannot be shown. */
    @Transactional
    void refuse(ImageWork.Claim claim, String reason) {
        lock(claim.productId());
        ProductImage.findClaimed(claim.imageId(), claim.token())
                .ifPresent(image -> image.refuse(reason, clock.instant()));
    }

    /** Deletes the pictures of a product that has been withdrawn, and not touched, since before then. */
    @Transactional
    void deleteOfWithdrawn(long productId, Instant before) {
        lock(productId);
        // Looked at again under the lock: it may just have been put back on sale.
        if (database.createNativeQuery(
                        "SELECT 1 FROM products WHERE product_id = :product AND NOT is_active AND updated_at < :before",
                        Integer.class)
                .setParameter("product", productId)
                .setParameter("before", before)
                .getResultList()
                .isEmpty()) {
            return;
        }
        ProductImage.lockLiving(productId).forEach(this::delete);
        show(productId);
    }

    /** Deletes one that never arrived or is refused, if it has stayed so since before then. */
    @Transactional
    void deleteLeftOver(long productId, long imageId, Instant before) {
        lock(productId);
        ProductImage.findLiving(productId, imageId)
                .filter(image -> image.state == ImageState.UPLOADING || image.state == ImageState.REFUSED)
                .filter(image -> image.updatedAt.isBefore(before))
                .ifPresent(this::delete);
    }

    private void show(long productId) {
        List<ShownImage> shown = ProductImage.ready(productId).stream()
                .map(image -> Objects.requireNonNull(shown(image)))
                .toList();
        changed.fire(new ImagesChanged(productId, shown));
    }

    private ImageView view(ProductImage image) {
        return ImageView.of(image, shown(image));
    }

    private @Nullable ShownImage shown(ProductImage image) {
        if (image.thumbnailKey == null
                || image.mediumKey == null
                || image.largeKey == null
                || image.largeWidth == null
                || image.largeHeight == null) {
            return null;
        }
        return new ShownImage(
                image.imageId,
                store.address(image.thumbnailKey),
                store.address(image.mediumKey),
                store.address(image.largeKey),
                image.largeWidth,
                image.largeHeight);
    }

    // The product first and its images then, everybody in this order; its row is locked without being made an entity,
    // so
    // that the catalogue reads what it is when it is told.
    private void lock(long productId) {
        if (database.createNativeQuery(
                        "SELECT product_id FROM products WHERE product_id = :product FOR NO KEY UPDATE", Long.class)
                .setParameter("product", productId)
                .getResultList()
                .isEmpty()) {
            throw ImageError.productNotFound();
        }
    }

    static String sha256(byte[] file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
