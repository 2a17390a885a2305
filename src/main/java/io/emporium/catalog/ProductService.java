package io.emporium.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emporium.catalog.CatalogEvent.ProductChanged;
import io.emporium.catalog.CatalogEvent.ProductCreated;
import io.emporium.catalog.CatalogEvent.ProductWithdrawn;
import io.emporium.catalog.image.ImagesChanged;
import io.emporium.inventory.StockCount;
import io.emporium.outbox.Outbox;
import io.emporium.shared.Page;
import io.emporium.shared.Refusal;
import io.emporium.web.AuditLog;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Query;
import jakarta.transaction.Transactional;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.hibernate.exception.ConstraintViolationException;
import org.jspecify.annotations.Nullable;

/** The shop's products (low-level-design 5.2). Searching them is the search module's. */
@ApplicationScoped
class ProductService {
    /** So deep a list can be paged; beyond it a filter or the export finds what is wanted. */
    static final int DEEPEST = 100_000;

    private final EntityManager database;
    private final ProductCounts counts;
    private final StockCount stockCount;
    private final Outbox outbox;
    private final Event<ProductsChanged> changed;
    private final AuditLog audit;
    private final Validator validator;
    private final ObjectMapper json;
    private final Clock clock;
    private final Currency currency;

    ProductService(
            EntityManager database,
            ProductCounts counts,
            StockCount stockCount,
            Outbox outbox,
            Event<ProductsChanged> changed,
            AuditLog audit,
            Validator validator,
            ObjectMapper json,
            Clock clock,
            @ConfigProperty(name = "emporium.currency") String currency) {
        this.database = database;
        this.counts = counts;
        this.stockCount = stockCount;
        this.outbox = outbox;
        this.changed = changed;
        this.audit = audit;
        this.validator = validator;
        this.json = json;
        this.clock = clock;
        this.currency = Currency.getInstance(currency);
    }

    /**
     * A page of what is sold.
     *
     * @param page from 1; it ends at most {@value #DEEPEST} products deep
     * @throws Refusal VALIDATION_ERROR for a page deeper than that, SERVICE_UNAVAILABLE while too many others count
     */
    Page<Product> getAll(ProductFilter filter, ProductFilter.Sort sort, int page, int limit) {
        if ((long) page * limit > DEEPEST) {
            throw CatalogError.invalid(
                    "page", "only the first 100,000 products of a list can be paged: narrow it by a filter");
        }
        ProductFilter.Statement statement = filter.page(sort, limit, Page.offset(page, limit));
        List<Product> products = QuarkusTransaction.requiringNew().call(() -> read(statement));
        // Not in the page's transaction: a long count shall not wait with a connection in its hand.
        return new Page<>(products, page, limit, counts.of(filter));
    }

    @SuppressWarnings("unchecked")
    private List<Product> read(ProductFilter.Statement statement) {
        Query query = database.createNativeQuery(statement.sql(), Product.class);
        for (int i = 0; i < statement.arguments().size(); i++) {
            query.setParameter(i + 1, statement.arguments().get(i));
        }
        return query.getResultList();
    }

    /**
     * @param evenWithdrawn whether one that is no longer sold is shown too: to those who keep the catalogue
     * @throws Refusal RESOURCE_NOT_FOUND
     */
    @Transactional
    Product getById(long productId, boolean evenWithdrawn) {
        return Product.<Product>findByIdOptional(productId)
                .filter(product -> evenWithdrawn || product.isActive())
                .orElseThrow(CatalogError::productNotFound);
    }

    /** @throws Refusal DUPLICATE_FIELD if the SKU is taken */
    @Transactional
    Product create(ProductRequest request, @Nullable Long actorId) {
        Instant now = clock.instant();
        Product product = Product.create(request.draft(), currency, now);
        write(product);
        countStock(product, request.stockQuantity(), actorId);
        outbox.append(new ProductCreated(UUID.randomUUID(), product.productId(), product.version(), now));
        audit.record("product.created", "product", product.productId(), null, ProductView.of(product));
        return product;
    }

    /**
     * Replaces what an editor can edit; the stock only where the request has one.
     *
     * @param ifMatch the tag of what the editor saw, null if they do not care
     * @throws Refusal RESOURCE_NOT_FOUND, VERSION_CONFLICT, DUPLICATE_FIELD
     */
    @Transactional
    Product update(long productId, @Nullable String ifMatch, ProductRequest request, @Nullable Long actorId) {
        Product product = lock(productId, ifMatch, request.stockQuantity() != null);
        edit(product, request, product.isActive(), actorId);
        return product;
    }

    /**
     * Changes only what is sent. Null clears the description, the brand and the image; {@code is_active} puts a
     * withdrawn product back on sale or takes it off.
     *
     * @param body a JSON object of the fields to change
     * @throws Refusal as update, MALFORMED_REQUEST, and VALIDATION_ERROR for what does not fit
     */
    @Transactional
    Product patch(long productId, @Nullable String ifMatch, byte[] body, @Nullable Long actorId) {
        ObjectNode changes = changes(body);
        Product product = lock(productId, ifMatch, changes.hasNonNull("stock_quantity"));
        ObjectNode merged = asRequest(product);
        merged.remove("stock_quantity");
        merged.setAll(changes);
        edit(product, valid(merged), activeAfter(changes, product), actorId);
        return product;
    }

    /** Takes it off sale; once more does nothing. @throws Refusal RESOURCE_NOT_FOUND, VERSION_CONFLICT */
    @Transactional
    void delete(long productId, @Nullable String ifMatch) {
        Product product = lock(productId, ifMatch, false);
        ProductView before = ProductView.of(product);
        if (product.withdraw(clock.instant())) {
            write(product);
            outbox.append(withdrawn(product));
            audit.record("product.withdrawn", "product", productId, before, ProductView.of(product));
        } else {
            changed.fire(new ProductsChanged(Set.of(productId)));
        }
    }

    /** Its images are others: an edit like any other, in the transaction that changed them. */
    void on(@Observes ImagesChanged news) {
        Product product = Product.<Product>findByIdOptional(news.productId(), LockModeType.PESSIMISTIC_WRITE)
                .orElseThrow(CatalogError::productNotFound);
        Instant now = clock.instant();
        if (product.show(news.shown(), now)) {
            write(product);
            outbox.append(new ProductChanged(UUID.randomUUID(), product.productId(), product.version(), now));
        }
    }

    private void edit(Product product, ProductRequest request, boolean active, @Nullable Long actorId) {
        Instant now = clock.instant();
        ProductView before = ProductView.of(product);
        boolean edited = product.edit(request.draft(), now);
        boolean withdrawn = !active && product.withdraw(now);
        boolean returned = active && product.putBack(now);
        if (edited || withdrawn || returned) {
            write(product);
            outbox.append(
                    withdrawn
                            ? withdrawn(product)
                            : new ProductChanged(UUID.randomUUID(), product.productId(), product.version(), now));
        } else {
            // Whoever edits again what was not seen to be saved shall see it.
            changed.fire(new ProductsChanged(Set.of(product.productId())));
        }
        countStock(product, request.stockQuantity(), actorId);
        ProductView after = ProductView.of(product);
        if (!after.equals(before)) {
            audit.record("product.updated", "product", product.productId(), before, after);
        }
    }

    // The lock makes editors wait for each other instead of failing: only who sent If-Match asked to be refused.
    private Product lock(long productId, @Nullable String ifMatch, boolean setsStock) {
        Product product = Product.<Product>findByIdOptional(productId, LockModeType.PESSIMISTIC_WRITE)
                .orElseThrow(CatalogError::productNotFound);
        ProductTag.of(product).require(ifMatch, setsStock);
        return product;
    }

    /** Two who take one SKU at once are told apart by the constraint, not by a look before. */
    private void write(Product product) {
        try {
            product.persistAndFlush();
            changed.fire(new ProductsChanged(Set.of(product.productId())));
        } catch (ConstraintViolationException refused) {
            if ("products_sku_key".equals(refused.getConstraintName())) {
                throw CatalogError.duplicateSku();
            }
            throw refused;
        }
    }

    private void countStock(Product product, @Nullable Integer quantity, @Nullable Long actorId) {
        if (quantity != null) {
            stockCount.set(product.productId(), quantity, "adjustment", actorId);
            database.refresh(product);
        }
    }

    private ProductWithdrawn withdrawn(Product product) {
        return new ProductWithdrawn(UUID.randomUUID(), product.productId(), product.version(), product.updatedAt());
    }

    private ObjectNode asRequest(Product product) {
        ProductDraft draft = ProductDraft.of(product);
        return json.valueToTree(new ProductRequest(
                draft.name(),
                draft.description(),
                draft.price(),
                draft.category(),
                draft.brand(),
                draft.sku(),
                null,
                draft.imageUrl()));
    }

    private ObjectNode changes(byte[] body) {
        try {
            // Exact: what a double makes of a price is not what was sent.
            JsonNode read = json.reader()
                    .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .readTree(body);
            if (read instanceof ObjectNode changes) {
                return changes;
            }
        } catch (IOException unreadable) {
            throw CatalogError.unreadable("The body is not valid JSON");
        }
        throw CatalogError.unreadable("The body must be a JSON object");
    }

    private ProductRequest valid(ObjectNode merged) {
        ProductRequest request;
        try {
            request = json.treeToValue(merged, ProductRequest.class);
        } catch (JsonMappingException wrongType) {
            List<JsonMappingException.Reference> path = wrongType.getPath();
            String field =
                    path.isEmpty() ? "body" : String.valueOf(path.getFirst().getFieldName());
            throw CatalogError.invalid(field, "has the wrong type");
        } catch (JsonProcessingException unreadable) {
            throw CatalogError.unreadable("The body cannot be read");
        }
        Set<ConstraintViolation<ProductRequest>> violations = validator.validate(request);
        if (!violations.isEmpty()) {
            throw new Refusal(
                    Refusal.Code.VALIDATION_ERROR,
                    "Validation failed",
                    Map.of("fields", violations.stream().map(ProductRules::told).toList()));
        }
        return request;
    }

    private static boolean activeAfter(ObjectNode changes, Product product) {
        JsonNode sent = changes.get("is_active");
        if (sent == null) {
            return product.isActive();
        }
        if (!sent.isBoolean()) {
            throw CatalogError.invalid("is_active", "must be true or false");
        }
        return sent.booleanValue();
    }
}
