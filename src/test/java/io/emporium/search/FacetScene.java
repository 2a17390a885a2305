package io.emporium.search;

import static io.emporium.search.Shelves.awaitFound;
import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.path.json.JsonPath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Four products that differ in every facet, and what each choice must show; the same of both backends. */
final class FacetScene {
    private FacetScene() {}

    static void put(Shelves shelves) {
        if (!Shelves.found("facetrix").isEmpty()) {
            return;
        }
        long first = shelves.put("Facetrix One", "10.00", "facetmugs", "Facwex", "");
        long second = shelves.put("Facetrix Two", "30.00", "facetmugs", "Facbridge", "");
        long third = shelves.put("Facetrix Three", "60.00", "facetjugs", "Facwex", "");
        long fourth = shelves.put("Facetrix Four", "60.00", "facetjugs", "Facwex", "");
        shelves.stock(fourth, 0);
        awaitFound(List.of(first, second, third, fourth), "facetrix", "sort", "oldest");
        awaitFound(List.of(fourth), "facetrix", "in_stock", "false");
    }

    static void holds(String backend) {
        expect(
                backend,
                4,
                "facetjugs=2 facetmugs=2",
                "Facwex=3 Facbridge=1",
                "0-25=1 25-50=1 50-100=2",
                "in_stock=3 out_of_stock=1");
        expect(
                backend,
                2,
                "facetjugs=2 facetmugs=2",
                "Facbridge=1 Facwex=1",
                "0-25=1 25-50=1",
                "in_stock=2",
                "category",
                "facetmugs");
        expect(
                backend,
                3,
                "facetjugs=2 facetmugs=1",
                "Facwex=3 Facbridge=1",
                "0-25=1 50-100=2",
                "in_stock=2 out_of_stock=1",
                "brand",
                "Facwex");
        expect(
                backend,
                2,
                "facetjugs=2",
                "Facwex=2",
                "0-25=1 25-50=1 50-100=2",
                "in_stock=1 out_of_stock=1",
                "min_price",
                "50",
                "max_price",
                "100");
        expect(
                backend,
                3,
                "facetmugs=2 facetjugs=1",
                "Facwex=2 Facbridge=1",
                "0-25=1 25-50=1 50-100=1",
                "in_stock=3 out_of_stock=1",
                "in_stock",
                "true");
        // Two at once: each shows what the other leaves.
        expect(
                backend,
                1,
                "facetjugs=2 facetmugs=1",
                "Facbridge=1 Facwex=1",
                "0-25=1",
                "in_stock=1",
                "category",
                "facetmugs",
                "brand",
                "Facwex");
    }

    /** Fifty-one brands in as many categories, of which the last is in no list of fifty: whoever chooses it sees it counted. */
    static void putMany(Shelves shelves) {
        if (!Shelves.found("facetlegion").isEmpty()) {
            return;
        }
        List<Long> put = new ArrayList<>();
        for (int i = 0; i <= Facets.VALUES; i++) {
            put.add(shelves.put(
                    "Facetlegion", "10.00", "facetplace %02d".formatted(i), "Facetmaker %02d".formatted(i), ""));
        }
        awaitFound(put, "facetlegion", "sort", "oldest", "limit", 100);
    }

    static void holdsOfMany(String backend) {
        for (String facet : List.of("brands", "categories")) {
            String last = (facet.equals("brands") ? "Facetmaker " : "facetplace ") + Facets.VALUES;
            String first = last.replace(String.valueOf(Facets.VALUES), "00");
            String filter = facet.equals("brands") ? "brand" : "category";
            assertThat(values(backend, facet)).hasSize(Facets.VALUES).doesNotContain(last + "=1");
            assertThat(values(backend, facet, filter, last))
                    .hasSize(Facets.VALUES + 1)
                    .endsWith(last + "=1");
            // Who is among the fifty stands there once; who is on no shelf, not at all.
            assertThat(values(backend, facet, filter, first))
                    .hasSize(Facets.VALUES)
                    .containsOnlyOnce(first + "=1");
            assertThat(values(backend, facet, filter, "nothing")).hasSize(Facets.VALUES);
        }
    }

    private static List<String> values(String backend, String facet, Object... chosen) {
        List<Map<String, Object>> counts =
                Shelves.searchBy(backend, "facetlegion", chosen).jsonPath().getList("data.facets." + facet);
        return written(counts);
    }

    private static List<String> written(List<Map<String, Object>> counts) {
        return counts.stream()
                .map(count -> count.get("value") + "=" + count.get("count"))
                .toList();
    }

    private static void expect(
            String backend,
            int total,
            String categories,
            String brands,
            String prices,
            String availability,
            Object... chosen) {
        var answer = Shelves.searchBy(backend, "facetrix", chosen);
        JsonPath found = answer.jsonPath();
        Map<String, String> facets = new LinkedHashMap<>();
        for (String facet : List.of("categories", "brands", "price_ranges", "availability")) {
            List<Map<String, Object>> counts = found.getList("data.facets." + facet);
            facets.put(facet, String.join(" ", written(counts)));
        }
        assertThat(facets)
                .as("%s with %s", backend, List.of(chosen))
                .isEqualTo(Map.of(
                        "categories",
                        categories,
                        "brands",
                        brands,
                        "price_ranges",
                        prices,
                        "availability",
                        availability));
        assertThat(found.getInt("data.pagination.total_items")).isEqualTo(total);
    }
}
