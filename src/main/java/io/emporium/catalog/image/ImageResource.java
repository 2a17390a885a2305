package io.emporium.catalog.image;

import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** The pictures of a product (contract.md, Endpoints). */
@Path("/api/v1/products/{product_id}")
@Tag(name = "Products")
@RunOnVirtualThread
class ImageResource {
    private final ProductImages images;

    ImageResource(ProductImages images) {
        this.images = images;
    }

    @POST
    @Path("/image")
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @Extension(name = ApiDocument.ERRORS, value = "REQUEST_IN_PROGRESS")
    @Operation(
            operationId = "uploadImage",
            summary = "Adds an image to a product",
            description =
                    "JPEG, PNG or WebP, by its content; at most 5 MB, 12,000 pixels a side and 50 million in all. The"
                            + " product shows it, behind its other images, once its sizes are made: seconds later. The same file"
                            + " again is the same image (200), so an upload is safe to send again.")
    @Extension(name = ApiDocument.STATUSES, value = "200,201")
    @ResponseStatus(201)
    public RestResponse<Answer<ImageView>> upload(
            @PathParam("product_id") long productId,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) @Parameter(hidden = true) @Nullable String type,
            @RequestBody(
                            content =
                                    @Content(
                                            mediaType = MediaType.MULTIPART_FORM_DATA,
                                            schema = @Schema(implementation = ImageUpload.Form.class)))
                    InputStream body)
            throws IOException {
        ProductImages.Taken taken = images.upload(productId, ImageUpload.read(type, body));
        Answer<ImageView> answer = Answer.of(taken.image());
        return taken.isNew() ? RestResponse.status(RestResponse.Status.CREATED, answer) : RestResponse.ok(answer);
    }

    @GET
    @Path("/images")
    @Operation(
            operationId = "listImages",
            summary = "All images of a product",
            description =
                    "In order, with those that are not shown: being uploaded, being made, or refused with the reason.")
    public Answer<ImageListView> list(@PathParam("product_id") long productId) {
        return Answer.of(new ImageListView(images.list(productId)));
    }

    @PUT
    @Path("/images")
    @Operation(
            operationId = "orderImages",
            summary = "Puts the images of a product in order",
            description =
                    "Takes the ids of all that are ready, each once. The first becomes the product's `image_url`.")
    public Answer<ImageListView> order(
            @PathParam("product_id") long productId, @Valid @NotNull ImageOrderRequest request) {
        return Answer.of(new ImageListView(images.order(productId, request.imageIds())));
    }

    @DELETE
    @Path("/images/{image_id}")
    @Operation(
            operationId = "deleteImage",
            summary = "Deletes an image of a product",
            description = "The product shows it no more at once; its files are removed a moment later.")
    public Answer<Void> delete(@PathParam("product_id") long productId, @PathParam("image_id") long imageId) {
        images.delete(productId, imageId);
        return Answer.done("Image deleted");
    }
}
