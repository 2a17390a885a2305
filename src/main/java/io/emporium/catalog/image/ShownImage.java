package io.emporium.catalog.image;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A picture as its product shows it: three addresses that never show anything else, so that browsers keep them for ever.
 *
 * @param thumbnail at most 200 pixels long
 * @param medium at most 600
 * @param large at most 1,200
 * @param width of the large one, in pixels
 */
public record ShownImage(
        @Schema(examples = "7") long imageId,

        @Schema(examples = "https://cdn.example.com/images/7/thumbnail-1f0c6a52.jpg")
        String thumbnail,

        @Schema(examples = "https://cdn.example.com/images/7/medium-93bb10de.jpg")
        String medium,

        @Schema(examples = "https://cdn.example.com/images/7/large-a4517cf0.jpg")
        String large,

        @Schema(examples = "1200") int width,
        @Schema(examples = "800") int height) {}
