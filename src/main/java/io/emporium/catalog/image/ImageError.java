package io.emporium.catalog.image;

import io.emporium.shared.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Every way pictures say no. */
final class ImageError {
    private static final Duration SOON = Duration.ofSeconds(5);

    private ImageError() {}

    static Refusal productNotFound() {
        return Refusal.notFound("Product");
    }

    static Refusal notFound() {
        return Refusal.notFound("Image");
    }

    static Refusal notAPicture() {
        return new Refusal(Refusal.Code.UNSUPPORTED_MEDIA_TYPE, "An image is a JPEG, a PNG or a WebP, by its content");
    }

    static Refusal notAForm() {
        return new Refusal(
                Refusal.Code.UNSUPPORTED_MEDIA_TYPE, "An image is sent as multipart/form-data, in a part named image");
    }

    static Refusal unreadableForm() {
        return new Refusal(Refusal.Code.MALFORMED_REQUEST, "The multipart body cannot be read");
    }

    static Refusal missing() {
        return invalid("image", "must be a part of the body, and not empty");
    }

    static Refusal broken() {
        return invalid("image", "has a broken header, or is of a kind that browsers do not show");
    }

    static Refusal dimensions(int width, int height, long most) {
        return invalid(
                "image",
                "is " + width + " × " + height + " pixels: each side must have 1 to " + Picture.LONGEST_SIDE
                        + ", and such a picture at most " + most / 1_000_000 + " million in all");
    }

    static Refusal tooLarge() {
        return new Refusal(
                Refusal.Code.PAYLOAD_TOO_LARGE,
                "An image can have 5 MB at most",
                Map.of("max_bytes", ImageUpload.MOST_BYTES));
    }

    static Refusal tooMany(int most) {
        return invalid("image", "a product can have " + most + " images at most: delete one first");
    }

    static Refusal notTheReadyOnes() {
        return invalid("image_ids", "must be the ids of all images that are ready, each once");
    }

    static Refusal deletedMeanwhile() {
        return new Refusal(Refusal.Code.REQUEST_IN_PROGRESS, "The image was deleted while it was sent", Map.of(), SOON);
    }

    static Refusal storeAway() {
        return Refusal.notNow("Images cannot be stored at the moment, try again", SOON);
    }

    private static Refusal invalid(String field, String message) {
        return new Refusal(
                Refusal.Code.VALIDATION_ERROR,
                "Validation failed",
                Map.of("fields", List.of(Map.of("field", field, "message", message))));
    }
}
