package io.emporium.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.search.SearchService.Beginnings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.Query;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.eclipse.microprofile.faulttolerance.Bulkhead;
import org.jspecify.annotations.Nullable;

/**
 * Finds with PostgreSQL alone, while Elasticsearch is away: words by full text, misspelt names by trigrams. It serves a
 * few at a time and none for long, because the same database sells.
 */
@ApplicationScoped
class DatabaseSearch {
    private static final int AT_ONCE = 6;
    private static final int MILLISECONDS = 800;
    // Facets and totals are counted over so many products at most.
    private static final int LOOKED_AT = SearchQuery.DEEPEST;
    private static final double ALIKE = 0.5;
    private static final Pattern LIKE_OPERATORS = Pattern.compile("[\\\\%_]");

    private final EntityManager database;
    private final ObjectMapper json;

    DatabaseSearch(EntityManager database, ObjectMapper json) {
        this.database = database;
        this.json = json;
    }

    /**
     * @throws io.emporium.shared.Refusal SERVICE_UNAVAILABLE if it takes too long
     * @throws org.eclipse.microprofile.faulttolerance.exceptions.BulkheadException if enough others search
     */
    @Bulkhead(AT_ONCE)
    @Transactional
    Found find(SearchQuery query) {
        bound();
        Map<String, Object> arguments = new HashMap<>();
        String filters = filters(query, arguments);
        arguments.put("words", query.words());
        arguments.put("text", query.text());
        arguments.put("looked", LOOKED_AT);
        arguments.put("bounds", Facets.PRICE_BOUNDS.toString().replace('[', '{').replace(']', '}'));
        arguments.put("limit", query.limit());
        arguments.put("offset", query.offset());
        // Names that are nearly so are looked for only where no word is just so; each way has an index of its own.
        String columns = """
                SELECT product_id, name, category, brand, price, created_at,
                       CASE WHEN lower(sku) = lower(:text) THEN 100 ELSE 0 END
                       + 4 * ts_rank(search_words(name, brand, category, description), plainto_tsquery('english', :words))
                       + word_similarity(:words, name) AS relevance
                  FROM products
                 WHERE is_active
                """ + filters;
        JsonNode found = ask(
                "WITH exact AS MATERIALIZED (" + columns + """
                 AND (search_words(name, brand, category, description) @@ plainto_tsquery('english', :words)
                      OR lower(sku) = lower(:text))
                 LIMIT :looked),
                alike AS MATERIALIZED (""" + columns + """
                 AND :words <% name AND NOT EXISTS (SELECT 1 FROM exact)
                 LIMIT :looked),
                matched AS (SELECT * FROM exact UNION ALL SELECT * FROM alike),
                page AS (SELECT product_id, row_number() OVER (ORDER BY\s""" + order(query.sort()) + """
                ) AS place FROM matched ORDER BY place LIMIT :limit OFFSET :offset)
                SELECT CAST(json_build_object(
                    'total', (SELECT count(*) FROM matched),
                    'ids', (SELECT json_agg(product_id ORDER BY place) FROM page),
                    'categories', (SELECT json_agg(facet) FROM (SELECT category AS value, count(*) AS count FROM matched
                                    GROUP BY category ORDER BY count(*) DESC, category LIMIT 50) facet),
                    'brands', (SELECT json_agg(facet) FROM (SELECT brand AS value, count(*) AS count FROM matched
                                WHERE brand IS NOT NULL GROUP BY brand ORDER BY count(*) DESC, brand LIMIT 50) facet),
                    'price_bounds', (SELECT json_agg(facet) FROM (SELECT bound AS value, count(*) AS count
                                      FROM (SELECT (CAST(:bounds AS int[]))[width_bucket(price, CAST(:bounds AS numeric[]))] AS bound
                                              FROM matched) bounds GROUP BY bound ORDER BY bound) facet)
                ) AS text)
                """, arguments);
        List<Facets.Count> ranges = counts(found.path("price_bounds")).stream()
                .map(count -> new Facets.Count(Facets.range(Integer.parseInt(count.value())), count.count()))
                .toList();
        return new Found(
                ids(found.path("ids")),
                found.path("total").asLong(),
                new Facets(counts(found.path("categories")), counts(found.path("brands")), ranges));
    }

    /** As find, for what is being typed. */
    @Bulkhead(AT_ONCE)
    @Transactional
    Beginnings begins(String beginning) {
        bound();
        String plain =
                LIKE_OPERATORS.matcher(beginning.toLowerCase(Locale.ROOT)).replaceAll("\\\\$0");
        JsonNode found = ask("""
                SELECT CAST(json_build_object(
                    'categories', (SELECT json_agg(category) FROM (SELECT DISTINCT category FROM products
                                    WHERE is_active AND lower(category) LIKE :begins ORDER BY category LIMIT 3) c),
                    'brands', (SELECT json_agg(brand) FROM (SELECT DISTINCT brand FROM products
                                WHERE is_active AND brand IS NOT NULL AND lower(brand) LIKE :begins ORDER BY brand LIMIT 3) b),
                    'ids', (SELECT json_agg(product_id) FROM (SELECT product_id FROM products
                             WHERE is_active AND (name ILIKE :begins OR name ILIKE :within) LIMIT 10) p)
                ) AS text)
                """, Map.of("begins", plain + "%", "within", "% " + plain + "%"));
        List<String> values = new ArrayList<>();
        found.path("categories").forEach(value -> values.add(value.asText()));
        found.path("brands").forEach(value -> values.add(value.asText()));
        return new Beginnings(values, ids(found.path("ids")));
    }

    private void bound() {
        database.createNativeQuery("""
                        SELECT set_config('statement_timeout', :milliseconds, true),
                               set_config('pg_trgm.word_similarity_threshold', :alike, true)
                        """, Object[].class)
                .setParameter("milliseconds", Integer.toString(MILLISECONDS))
                .setParameter("alike", Double.toString(ALIKE))
                .getSingleResult();
    }

    private static String filters(SearchQuery query, Map<String, Object> arguments) {
        StringBuilder filters = new StringBuilder();
        and(filters, " AND category = :category", "category", query.category(), arguments);
        and(filters, " AND brand = :brand", "brand", query.brand(), arguments);
        and(filters, " AND price >= :min_price", "min_price", query.minPrice(), arguments);
        and(filters, " AND price <= :max_price", "max_price", query.maxPrice(), arguments);
        and(filters, " AND (stock_quantity > 0) = :in_stock", "in_stock", query.inStock(), arguments);
        return filters.append('\n').toString();
    }

    private static void and(
            StringBuilder filters,
            String condition,
            String name,
            @Nullable Object argument,
            Map<String, Object> arguments) {
        if (argument != null) {
            filters.append(condition);
            arguments.put(name, argument);
        }
    }

    private static String order(SearchQuery.Sort sort) {
        return switch (sort) {
            case RELEVANCE -> "relevance DESC, product_id";
            case NEWEST -> "created_at DESC, product_id DESC";
            case OLDEST -> "created_at, product_id";
            case PRICE_ASC -> "price, product_id";
            case PRICE_DESC -> "price DESC, product_id DESC";
            case NAME_ASC -> "lower(name), product_id";
            case NAME_DESC -> "lower(name) DESC, product_id DESC";
        };
    }

    private JsonNode ask(String sql, Map<String, Object> arguments) {
        Query query = database.createNativeQuery(sql, String.class);
        arguments.forEach(query::setParameter);
        try {
            return json.readTree((String) query.getSingleResult());
        } catch (PersistenceException fault) {
            throw isTimeout(fault) ? SearchError.busy() : fault;
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static boolean isTimeout(PersistenceException fault) {
        return fault instanceof jakarta.persistence.QueryTimeoutException
                || fault instanceof org.hibernate.QueryTimeoutException;
    }

    private static List<Facets.Count> counts(JsonNode facet) {
        List<Facets.Count> counts = new ArrayList<>();
        facet.forEach(value -> counts.add(new Facets.Count(
                value.path("value").asText(), value.path("count").asLong())));
        return counts;
    }

    private static List<Long> ids(JsonNode list) {
        List<Long> ids = new ArrayList<>();
        list.forEach(id -> ids.add(id.asLong()));
        return ids;
    }
}
