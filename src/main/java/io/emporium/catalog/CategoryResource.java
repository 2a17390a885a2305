package io.emporium.catalog;

import io.emporium.web.Answer;
import io.emporium.web.ShopWindow;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/** The categories that have something on sale. */
@Path("/api/v1/categories")
@Tag(name = "Products")
@RunOnVirtualThread
class CategoryResource {
    private final ProductCache cache;
    private final ShopWindow window;

    CategoryResource(ProductCache cache, ShopWindow window) {
        this.cache = cache;
        this.window = window;
    }

    @GET
    @Operation(
            operationId = "listCategories",
            summary = "Categories",
            description = "Their names and how many products each has on sale; with more than 10,000 products up to a"
                    + " minute old.")
    public RestResponse<Answer<Categories>> list() {
        return window.show(cache.categories(), null, ProductCache.MADE_OF_CATEGORIES);
    }

    /** All of them, by name. */
    record Categories(List<CategoryView> categories) {}
}
