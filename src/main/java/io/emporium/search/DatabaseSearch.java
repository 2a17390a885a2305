package io.emporium.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.search.SearchService.Beginnings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.Query;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
    /** What the first look may take of the time there is: it is to leave the search enough. */
    private static final int LOOK_SHARE = 3;

    // Facets and totals are counted over so many products at most.
    private static final int LOOKED_AT = SearchQuery.DEEPEST;
    private static final String FACETED = " category, brand, price, stock_quantity > 0 AS in_stock";
    private static final Pattern LIKE_OPERATORS = Pattern.compile("[\\\\%_]");

    /** The first three of a field that begin so: from one to the next, whatever number of products each has. */
    static final String BEGUN = """
            WITH RECURSIVE begun AS (
                (SELECT lower(FIELD) AS folded, FIELD AS value FROM products
                  WHERE is_active AND FIELD IS NOT NULL AND lower(FIELD) LIKE :begins
                  ORDER BY lower(FIELD) USING ~<~, FIELD LIMIT 1)
                UNION ALL
                SELECT next.folded, next.value FROM begun, LATERAL (
                    SELECT lower(FIELD) AS folded, FIELD AS value FROM products
                     WHERE is_active AND FIELD IS NOT NULL AND lower(FIELD) LIKE :begins AND lower(FIELD) ~>~ begun.folded
                     ORDER BY lower(FIELD) USING ~<~, FIELD LIMIT 1) next)
            SELECT CAST(coalesce(json_agg(value), '[]') AS text) FROM (SELECT value FROM begun LIMIT 3) first
            """;

    /** Until the transaction's end: else it is guessed that the first ten come along soon on the way through all names. */
    static final String BY_TRIGRAMS = """
            SELECT set_config(name, 'off', true)
              FROM unnest(ARRAY['enable_seqscan', 'enable_indexscan', 'enable_indexonlyscan']) AS way (name)
            """;

    static final String NAMES_BEGUN = """
            SELECT CAST(coalesce(json_agg(product_id), '[]') AS text)
              FROM (SELECT product_id FROM products
                     WHERE is_active AND (name ILIKE :begins OR name ILIKE :within) LIMIT 10) begun
            """;

    private final EntityManager database;
    private final ObjectMapper json;
    private final Synonyms synonyms;
    private final StandInWeights weights;

    @Inject
    DatabaseSearch(EntityManager database, ObjectMapper json, Synonyms synonyms) {
        this(database, json, synonyms, StandInWeights.CHOSEN);
    }

    /** With other weights: to compare them. */
    DatabaseSearch(EntityManager database, ObjectMapper json, Synonyms synonyms, StandInWeights weights) {
        this.database = database;
        this.json = json;
        this.synonyms = synonyms;
        this.weights = weights;
    }

    /**
     * Products with every word, as it is or as a synonym; if there is none, those with most of the words, nearly spelt so or
     * only begun.
     *
     * @throws io.emporium.shared.Refusal SERVICE_UNAVAILABLE if it takes longer than until the deadline
     * @throws org.eclipse.microprofile.faulttolerance.exceptions.BulkheadException if enough others search
     */
    @Bulkhead(AT_ONCE)
    @Transactional
    Found find(SearchQuery query, Deadline deadline) {
        var words = new DatabaseWords(query, synonyms.terms(query.words()), weights);
        bound(deadline.left().dividedBy(LOOK_SHARE));
        DatabaseWords.Asked look = words.look();
        // No counts where every word is found.
        List<Integer> counts = ints(ask(look.sql(), look.arguments()));
        bound(deadline.left());
        return find(query, counts.isEmpty() ? words.every() : words.most(counts));
    }

    private Found find(SearchQuery query, DatabaseWords.Condition words) {
        Map<String, Object> arguments = new HashMap<>(words.arguments());
        Map<String, String> filters = filters(query, arguments);
        if (query.sort() == SearchQuery.Sort.RELEVANCE) {
            arguments.put("words", query.words());
        }
        arguments.put("looked", LOOKED_AT);
        arguments.put("perhaps", 2 * LOOKED_AT);
        arguments.put("bounds", Facets.PRICE_BOUNDS.toString().replace('[', '{').replace(']', '}'));
        arguments.put("limit", query.limit());
        arguments.put("offset", query.offset());
        StringBuilder sql = new StringBuilder("WITH ")
                .append(matching(
                        "matched",
                        " product_id, name, created_at,",
                        words,
                        filters,
                        "",
                        query.sort() == SearchQuery.Sort.RELEVANCE ? null : order(query.sort())));
        // A facet shows what the others would leave, not only what was chosen in it: of those with a filter on them,
        // that is more than what matched.
        for (String facet : filters.keySet()) {
            sql.append(", ").append(matching("but_" + facet, "", words, filters, facet, null));
        }
        sql.append("""
                , page AS (SELECT product_id, row_number() OVER (ORDER BY\s""" + order(query.sort())
                + """
                ) AS place FROM matched ORDER BY place LIMIT :limit OFFSET :offset)
                SELECT CAST(json_build_object(
                    'total', (SELECT count(*) FROM matched),
                    'ids', (SELECT json_agg(product_id ORDER BY place) FROM page),
                    'categories', (SELECT json_agg(facet) FROM (SELECT category AS value, count(*) AS count FROM %s
                                    GROUP BY category ORDER BY count(*) DESC, category LIMIT 50) facet),
                    'brands', (SELECT json_agg(facet) FROM (SELECT brand AS value, count(*) AS count FROM %s
                                WHERE brand IS NOT NULL GROUP BY brand ORDER BY count(*) DESC, brand LIMIT 50) facet),
                    'availability', (SELECT json_agg(facet) FROM (SELECT in_stock AS value, count(*) AS count FROM %s
                                      GROUP BY in_stock) facet),
                    'chosen_category', %s,
                    'chosen_brand', %s,
                    'price_bounds', (SELECT json_agg(facet) FROM (SELECT bound AS value, count(*) AS count
                                      FROM (SELECT (CAST(:bounds AS int[]))[width_bucket(price, CAST(:bounds AS numeric[]))] AS bound
                                              FROM %s) bounds GROUP BY bound ORDER BY bound) facet)
                ) AS text)
                """.formatted(
                                source(filters, "categories"),
                                source(filters, "brands"),
                                source(filters, "availability"),
                                chosen(filters, "categories"),
                                chosen(filters, "brands"),
                                source(filters, "price_ranges")));
        JsonNode found = ask(sql.toString(), arguments);
        List<Facets.Count> ranges = counts(found.path("price_bounds")).stream()
                .map(count -> new Facets.Count(Facets.range(Integer.parseInt(count.value())), count.count()))
                .toList();
        return new Found(
                ids(found.path("ids")),
                found.path("total").asLong(),
                new Facets(
                        Facets.with(
                                query.category(),
                                found.path("chosen_category").asLong(),
                                counts(found.path("categories"))),
                        Facets.with(query.brand(), found.path("chosen_brand").asLong(), counts(found.path("brands"))),
                        ranges,
                        Facets.availability(counts(found.path("availability")))));
    }

    /**
     * The products that match, as far as they are looked at. Planned for all of them, with an index: PostgreSQL does not
     * know how few have so many of the words, and would rather read the table until it has enough.
     */
    private static String matching(
            String name,
            String columns,
            DatabaseWords.Condition words,
            Map<String, String> filters,
            String but,
            @Nullable String order) {
        StringBuilder matching = new StringBuilder(name)
                .append("_perhaps AS MATERIALIZED (SELECT")
                .append(columns)
                .append(FACETED)
                .append(", CASE WHEN ")
                .append(words.said())
                .append(" THEN ")
                .append(columns.isEmpty() || order != null ? "1" : words.relevance())
                .append(" END AS relevance FROM products WHERE is_active AND ")
                .append(words.sql());
        filters.forEach((facet, filter) -> {
            if (!facet.equals(but)) {
                matching.append(" AND ").append(filter);
            }
        });
        if (order != null) {
            matching.append(" ORDER BY ").append(order);
        }
        return matching.append("), ")
                .append(name)
                .append(" AS MATERIALIZED (SELECT * FROM (SELECT * FROM ")
                .append(name)
                .append("_perhaps LIMIT :perhaps) perhaps WHERE relevance IS NOT NULL LIMIT :looked)")
                .toString();
    }

    private static String source(Map<String, String> filters, String facet) {
        return filters.containsKey(facet) ? "but_" + facet : "matched";
    }

    /** How many have what was chosen in a facet: it may not be among the most frequent. */
    private static String chosen(Map<String, String> filters, String facet) {
        String filter = filters.get(facet);
        return filter == null ? "0" : "(SELECT count(*) FROM but_" + facet + " WHERE " + filter + ")";
    }

    /** As find, for what is being typed: a tenth of a million products may begin so, and of none more than a few are read. */
    @Bulkhead(AT_ONCE)
    @Transactional
    Beginnings begins(String beginning, Deadline deadline) {
        bound(deadline.left());
        String plain =
                LIKE_OPERATORS.matcher(beginning.toLowerCase(Locale.ROOT)).replaceAll("\\\\$0");
        List<String> values = new ArrayList<>();
        for (String field : List.of("category", "brand")) {
            ask(BEGUN.replace("FIELD", field), Map.of("begins", plain + "%"))
                    .forEach(value -> values.add(value.asText()));
        }
        database.createNativeQuery(BY_TRIGRAMS, String.class).getResultList();
        return new Beginnings(
                values, ids(ask(NAMES_BEGUN, Map.of("begins", plain + "%", "within", "% " + plain + "%"))));
    }

    private void bound(Duration time) {
        database.createNativeQuery("""
            SELECT set_config('statement_timeout', :milliseconds, true),
                   set_config('pg_trgm.word_similarity_threshold', :alike, true)
            """, Object[].class)
                .setParameter("milliseconds", Long.toString(Math.max(1, time.toMillis())))
                .setParameter("alike", Double.toString(weights.threshold()))
                .getSingleResult();
    }

    /** The filters by the facet they belong to. */
    private static Map<String, String> filters(SearchQuery query, Map<String, Object> arguments) {
        Map<String, String> filters = new LinkedHashMap<>();
        if (query.category() != null) {
            filters.put("categories", "category = :category");
            arguments.put("category", query.category());
        }
        if (query.brand() != null) {
            filters.put("brands", "brand = :brand");
            arguments.put("brand", query.brand());
        }
        List<String> prices = new ArrayList<>();
        if (query.minPrice() != null) {
            prices.add("price >= :min_price");
            arguments.put("min_price", query.minPrice());
        }
        if (query.maxPrice() != null) {
            prices.add("price <= :max_price");
            arguments.put("max_price", query.maxPrice());
        }
        if (!prices.isEmpty()) {
            filters.put("price_ranges", String.join(" AND ", prices));
        }
        if (query.inStock() != null) {
            filters.put("availability", "(stock_quantity > 0) = :in_stock");
            arguments.put("in_stock", query.inStock());
        }
        return filters;
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

    private static List<Integer> ints(JsonNode list) {
        List<Integer> ints = new ArrayList<>();
        list.forEach(number -> ints.add(number.asInt()));
        return ints;
    }

    private static List<Long> ids(JsonNode list) {
        List<Long> ids = new ArrayList<>();
        list.forEach(id -> ids.add(id.asLong()));
        return ids;
    }
}
