package io.emporium.catalog;

import io.emporium.web.Answer;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The categories that have something on sale. */
@Path("/api/v1/categories")
@Tag(name = "Products")
@RunOnVirtualThread
class CategoryResource {
    private final ProductCounts counts;

    CategoryResource(ProductCounts counts) {
        this.counts = counts;
    }

    @GET
    @PermitAll
    @Operation(
            operationId = "listCategories",
            summary = "Categories",
            description = "Their names and how many products each has on sale; with more than 10,000 products up to 30"
                    + " seconds old.")
    public Answer<Categories> list() {
        return Answer.of(new Categories(counts.categories()));
    }

    /** All of them, by name. */
    record Categories(List<CategoryView> categories) {}
}
