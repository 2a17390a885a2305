package io.emporium.catalog.image;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Converter;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/** A picture of a product, from its upload until its objects are gone. Changed only under its product's lock. */
@Entity
@Table(name = "product_images")
class ProductImage extends PanacheEntityBase {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "image_id")
    Long imageId;

    @Column(name = "product_id", updatable = false)
    long productId;

    @Convert(converter = StateCode.class)
    ImageState state;

    int position;

    @JdbcTypeCode(SqlTypes.CHAR)
    @Column(length = 64, updatable = false)
    String sha256;

    @Column(name = "media_type", updatable = false)
    String mediaType;

    @Column(updatable = false)
    int bytes;

    @Column(updatable = false)
    int width;

    @Column(updatable = false)
    int height;

    @Column(name = "thumbnail_key")
    @Nullable
    String thumbnailKey;

    @Column(name = "medium_key")
    @Nullable
    String mediumKey;

    @Column(name = "large_key")
    @Nullable
    String largeKey;

    @Column(name = "large_width")
    @Nullable
    Integer largeWidth;

    @Column(name = "large_height")
    @Nullable
    Integer largeHeight;

    @Nullable
    String reason;

    int tries;

    @Column(name = "next_try_at")
    @Nullable
    Instant nextTryAt;

    @Nullable
    UUID claim;

    @Column(name = "created_at", updatable = false)
    Instant createdAt;

    @Column(name = "updated_at")
    Instant updatedAt;

    protected ProductImage() {
        // Hibernate's
    }

    static ProductImage uploading(
            long productId, int position, String sha256, Picture picture, int bytes, Instant now) {
        ProductImage image = new ProductImage();
        image.productId = productId;
        image.state = ImageState.UPLOADING;
        image.position = position;
        image.sha256 = sha256;
        image.mediaType = picture.type().mediaType();
        image.bytes = bytes;
        image.width = picture.width();
        image.height = picture.height();
        image.createdAt = now;
        image.updatedAt = now;
        return image;
    }

    private void moveTo(ImageState to, Instant now) {
        if (!state.next().contains(to)) {
            throw new IllegalStateException("image " + imageId + " is " + state + ", not to be " + to);
        }
        state = to;
        claim = null;
        updatedAt = now;
    }

    /** What was refused is sent once more: perhaps it was not the picture's fault. */
    void sendAgain(Instant now) {
        moveTo(ImageState.UPLOADING, now);
        reason = null;
        tries = 0;
    }

    /** The store has the original. */
    void arrive(Instant now) {
        moveTo(ImageState.PROCESSING, now);
        nextTryAt = now;
    }

    /** @param keys of its sizes in the store */
    void show(Map<Variant, String> keys, int width, int height, Instant now) {
        moveTo(ImageState.READY, now);
        thumbnailKey = keys.get(Variant.THUMBNAIL);
        mediumKey = keys.get(Variant.MEDIUM);
        largeKey = keys.get(Variant.LARGE);
        largeWidth = width;
        largeHeight = height;
        nextTryAt = null;
    }

    /** @param why for an admin */
    void refuse(String why, Instant now) {
        moveTo(ImageState.REFUSED, now);
        reason = why;
        nextTryAt = null;
    }

    /**
     * Its objects go as soon as nobody can be putting any.
     *
     * @param uploadsEnd when a call to the store that is under way will have ended
     */
    void delete(Instant uploadsEnd, Instant now) {
        boolean isBeingUploaded = state == ImageState.UPLOADING;
        boolean isBeingMade = claim != null;
        moveTo(ImageState.DELETED, now);
        tries = 0;
        if (isBeingUploaded) {
            nextTryAt = uploadsEnd;
        } else if (!isBeingMade) {
            nextTryAt = now;
        }
        // Else it stays the end of the worker's lease, after which the worker puts nothing.
    }

    String originalKey() {
        return "originals/" + imageId;
    }

    /** What the keys of its sizes begin with. */
    String folder() {
        return "images/" + imageId + "/";
    }

    PictureType type() {
        return PictureType.of(mediaType);
    }

    /** Those that somebody can still see, refused ones too. */
    static List<ProductImage> living(long productId) {
        return list("productId = ?1 and state <> ?2 order by position, imageId", productId, ImageState.DELETED);
    }

    static List<ProductImage> ready(long productId) {
        return list("productId = ?1 and state = ?2 order by position, imageId", productId, ImageState.READY);
    }

    static Optional<ProductImage> findLiving(long productId, String sha256) {
        return find("productId = ?1 and sha256 = ?2 and state <> ?3", productId, sha256, ImageState.DELETED)
                .firstResultOptional();
    }

    /** Of that product and of no other. */
    static Optional<ProductImage> findLiving(long productId, long imageId) {
        return find("imageId = ?1 and productId = ?2 and state <> ?3", imageId, productId, ImageState.DELETED)
                // A worker claims it without the product's lock.
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .firstResultOptional();
    }

    /** As {@link #living}, to be deleted: a worker claims one without the product's lock. */
    static List<ProductImage> lockLiving(long productId) {
        return ProductImage.<ProductImage>find(
                        "productId = ?1 and state <> ?2 order by imageId", productId, ImageState.DELETED)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .list();
    }

    /** As its worker claimed it, if it still is. */
    static Optional<ProductImage> findClaimed(long imageId, UUID claim) {
        return find("imageId = ?1 and claim = ?2", imageId, claim).firstResultOptional();
    }

    @Converter
    static class StateCode implements AttributeConverter<ImageState, String> {
        @Override
        public String convertToDatabaseColumn(ImageState state) {
            return state.code();
        }

        @Override
        public ImageState convertToEntityAttribute(String code) {
            return ImageState.valueOf(code.toUpperCase(Locale.ROOT));
        }
    }
}
