package io.emporium.search;

import io.emporium.web.Answer;
import io.emporium.web.PlainText;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.math.BigDecimal;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Finding products (contract.md, low-level-design 1.2 and 5.2). Stands beside the catalogue's ProductResource. */
@Path("/api/v1/products")
@Tag(name = "Products")
@RunOnVirtualThread
class SearchResource {
    private static final String PRICE = "\\d{1,8}(\\.\\d{1,2})?";

    private final SearchService search;

    SearchResource(SearchService search) {
        this.search = search;
    }

    @GET
    @Path("/search")
    @Operation(
            operationId = "searchProducts",
            summary = "Finds products",
            description =
                    "By words in name, brand, category and description and their synonyms, or by SKU and how it begins; if no"
                            + " product has every word, those with most of them, misspelt or with a last one only begun. No"
                            + " character of `q` is an operator, and its first 16 words count. Each facet is counted over what"
                            + " the other facets' filters leave. Reaches the first 10,000 products. What it"
                            + " finds is seconds old at most; the products shown are as they are now. The header"
                            + " `X-Search-Backend` is `elasticsearch`, or `postgresql` while that is away.")
    public RestResponse<Answer<SearchView>> search(
            @QueryParam("q") @NotBlank @Size(max = 200) @PlainText String q,
            @QueryParam("category") @Size(max = 100) @PlainText @Nullable String category,
            @QueryParam("brand") @Size(max = 100) @PlainText @Nullable String brand,
            @Parameter(schema = @Schema(type = SchemaType.NUMBER))
                    @QueryParam("min_price")
                    @Pattern(regexp = PRICE, message = "must be a price")
                    @Nullable
                    String minPrice,
            @Parameter(schema = @Schema(type = SchemaType.NUMBER))
                    @QueryParam("max_price")
                    @Pattern(regexp = PRICE, message = "must be a price")
                    @Nullable
                    String maxPrice,
            @Parameter(schema = @Schema(type = SchemaType.BOOLEAN))
                    @QueryParam("in_stock")
                    @Pattern(regexp = "true|false", message = "must be true or false")
                    @Nullable
                    String inStock,
            @QueryParam("sort")
                    @DefaultValue("relevance")
                    @Pattern(regexp = "relevance|newest|oldest|price_asc|price_desc|name_asc|name_desc")
                    String sort,
            @QueryParam("page") @DefaultValue("1") @Min(1) @Max(SearchQuery.DEEPEST) int page,
            @QueryParam("limit") @DefaultValue("20") @Min(1) @Max(100) int limit) {
        var query = new SearchQuery(
                q,
                orNull(category),
                orNull(brand),
                minPrice == null ? null : new BigDecimal(minPrice),
                maxPrice == null ? null : new BigDecimal(maxPrice),
                inStock == null ? null : Boolean.valueOf(inStock),
                SearchQuery.Sort.of(sort),
                page,
                limit);
        return answer(search.searchProducts(query));
    }

    @GET
    @Path("/suggest")
    @Operation(
            operationId = "suggestProducts",
            summary = "Completes what is being typed",
            description = "Brands and categories that begin with `q`, then names with words that do; at most 10.")
    public RestResponse<Answer<SuggestView>> suggest(@QueryParam("q") @NotBlank @Size(max = 200) @PlainText String q) {
        return answer(search.suggest(q.strip()));
    }

    private static <T> RestResponse<Answer<T>> answer(Backend.From<T> found) {
        return RestResponse.ResponseBuilder.ok(Answer.of(found.answer()))
                .header(Backend.HEADER, found.backend().code())
                .build();
    }

    private static @Nullable String orNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }
}
