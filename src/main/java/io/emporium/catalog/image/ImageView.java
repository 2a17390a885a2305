package io.emporium.catalog.image;

import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A picture as an admin sees it.
 *
 * @param state uploading, processing, ready or refused
 * @param reason why it is refused
 * @param mediaType what its bytes are, whatever they were called
 * @param width of the original, in pixels
 * @param shown once it is ready
 */
record ImageView(
        @Schema(examples = "7") long imageId,
        @Schema(examples = "processing") String state,
        @Nullable String reason,
        @Schema(examples = "image/jpeg") String mediaType,
        @Schema(examples = "3000") int width,
        @Schema(examples = "2000") int height,
        @Schema(examples = "1843200") int bytes,
        @Nullable ShownImage shown,
        Instant createdAt) {
    static ImageView of(ProductImage image, @Nullable ShownImage shown) {
        return new ImageView(
                image.imageId,
                image.state.code(),
                image.reason,
                image.mediaType,
                image.width,
                image.height,
                image.bytes,
                shown,
                image.createdAt);
    }
}
