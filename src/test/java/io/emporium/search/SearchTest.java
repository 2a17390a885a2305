package io.emporium.search;

import static io.emporium.search.Shelves.awaitFound;
import static io.emporium.search.Shelves.search;
import static io.emporium.search.Shelves.searchBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class SearchTest {
    private static final int MANY = 200;

    @Inject
    Shelves shelves;

    @Test
    void a_typo_finds_the_product() {
        long kettle = shelves.put("Goosenexar Kettlomat", "49.00", "kitchen", "Brimquist", "Pours slowly.");
        awaitFound(List.of(kettle), "gosenexar ketlomat");
    }

    @Test
    void another_form_of_the_word_finds_the_product_and_words_may_be_spread_over_fields() {
        long tent = shelves.put("Two-Person Zeltwyn Tent", "249.00", "camping", "Falkerton", "Stands in storms.");
        awaitFound(List.of(tent), "falkerton zeltwyn tents storm");
    }

    @Test
    void the_name_counts_more_than_the_description() {
        long mentions =
                shelves.put("Ordinary Pan", "20.00", "kitchen", "Brimquist", "Never buy a vossolator: take this pan.");
        long named = shelves.put("Vossolator", "20.00", "kitchen", "Brimquist", "A pan.");
        awaitFound(List.of(named, mentions), "vossolator");
    }

    @Test
    void a_word_counts_most_in_the_brand_then_in_the_name_the_category_and_the_description() {
        long described = shelves.put("Plain Pan", "20.00", "kitchen", "Brimquist", "A quorlator.");
        long sorted = shelves.put("Plain Pot", "20.00", "quorlator", "Brimquist", "");
        long named = shelves.put("Plain Quorlator", "20.00", "kitchen", "Brimquist", "");
        long branded = shelves.put("Plain Lid", "20.00", "kitchen", "Quorlator", "");
        awaitFound(List.of(branded, named, sorted, described), "quorlator");
    }

    @Test
    void the_sku_in_any_case_finds_its_product_first() {
        long product = shelves.put("Skuhound Lamp", "20.00", "light", "Brimquist", "A lamp.");
        String sku = shelves.sku(product);
        awaitFound(List.of(product), "Skuhound");
        assertThat(found(sku.toLowerCase(java.util.Locale.ROOT))).first().isEqualTo(product);
    }

    @Test
    void filters_and_facets_hold_for_what_is_found() {
        long cheap = shelves.put("Wexbridge Mug Small", "9.99", "mugs", "Wex", "");
        long middle = shelves.put("Wexbridge Mug Middle", "10.00", "mugs", "Wex", "");
        long dear = shelves.put("Wexbridge Jug", "30.00", "jugs", "Bridge", "");
        awaitFound(List.of(cheap, middle, dear), "wexbridge", "sort", "price_asc");

        assertThat(found("wexbridge", "min_price", "10", "sort", "price_asc")).containsExactly(middle, dear);
        assertThat(found("wexbridge", "max_price", "10.00", "sort", "price_desc"))
                .containsExactly(middle, cheap);
        assertThat(found("wexbridge", "category", "jugs")).containsExactly(dear);
        assertThat(found("wexbridge", "brand", "Wex", "sort", "newest")).containsExactly(middle, cheap);
        assertThat(found("wexbridge", "sort", "oldest", "limit", 1, "page", 2)).containsExactly(middle);
        search("wexbridge")
                .body("data.pagination.total_items", equalTo(3))
                .body("data.facets.categories.value", contains("mugs", "jugs"))
                .body("data.facets.categories.count", contains(2, 1))
                .body("data.facets.brands.value", contains("Wex", "Bridge"))
                .body("data.facets.price_ranges.value", contains("0-25", "25-50"))
                .body("data.facets.price_ranges.count", contains(2, 1));
    }

    @Test
    void a_facet_shows_what_else_could_be_chosen_in_it() {
        FacetScene.put(shelves);
        FacetScene.holds("elasticsearch");
    }

    @Test
    void who_has_chosen_what_is_not_among_the_fifty_most_frequent_sees_it_counted() {
        FacetScene.putMany(shelves);
        FacetScene.holdsOfMany("elasticsearch");
    }

    @Test
    void pages_of_equally_good_products_have_each_product_once() {
        List<Long> put = new java.util.ArrayList<>();
        for (int i = 0; i < 7; i++) {
            put.add(shelves.put("Pagerix Stool", "20.00", "furniture", "Brimquist", ""));
        }
        awaitFound(put, "pagerix stool");
        for (String sort : List.of("relevance", "price_asc", "name_asc", "name_desc", "price_desc")) {
            List<Long> paged = new java.util.ArrayList<>();
            for (int page = 1; page <= 4; page++) {
                paged.addAll(found("pagerix stool", "sort", sort, "limit", 2, "page", page));
            }
            assertThat(paged).as(sort).containsExactlyInAnyOrderElementsOf(put);
        }
        assertThat(found("pagerix", "limit", 100, "page", 100)).isEmpty();
    }

    @Test
    void of_many_equal_products_each_is_on_one_page_whatever_is_written_meanwhile() {
        List<Long> equal = new java.util.ArrayList<>();
        for (int i = 0; i < MANY + 20; i++) {
            equal.add(shelves.put("Wendelor Stanvil", "20.00", "storage", "Brimquist", "A wendelor stanvil."));
        }
        long fitting = shelves.put(
                "Wendelor Stanvil", "20.00", "stanvil", "Wendelor", "A wendelor stanvil, the wendelor of stanvils.");
        long named = shelves.put("Stanvil with a shade that is called Wendelor", "20.00", "storage", "Brimquist", "");
        awaitTotal("wendelor stanvil", equal.size() + 2);

        List<Long> paged = new java.util.ArrayList<>();
        for (int page = 1; page <= 5; page++) {
            paged.addAll(found("wendelor stanvil", "limit", 30, "page", page));
        }
        // Written again it would be the last of its equals, went they by their place in the index.
        shelves.stock(equal.getFirst(), 0);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> found("wendelor stanvil", "in_stock", false).equals(equal.subList(0, 1)));
        for (int page = 6; page <= 8; page++) {
            paged.addAll(found("wendelor stanvil", "limit", 30, "page", page));
        }
        assertThat(paged).containsExactlyElementsOf(concat(List.of(fitting), equal, named));
        assertThat(found("wendelor stanvil", "limit", 100, "page", 3)).isEqualTo(paged.subList(200, paged.size()));
        assertThat(found("wendelor stanvil", "limit", 7, "page", 29)).isEqualTo(paged.subList(196, 203));
        assertThat(found("wendelor stanvil", "limit", 30, "page", 5, "brand", "Wendelor"))
                .isEmpty();
        assertThat(found("wendelor stanvil", "limit", 7, "page", 29, "brand", "Brimquist"))
                .isEqualTo(paged.subList(197, 204));
    }

    @Test
    void words_side_by_side_are_first_among_many_that_have_them_apart() {
        for (int i = 0; i < MANY + 10; i++) {
            shelves.put("Red Zorvel Wine", "20.00", "wine", "Brimquist", "");
        }
        long beside = shelves.put("Dry Long Red Wine Zorvel Carafe", "20.00", "glass", "Brimquist", "");
        awaitTotal("zorvel red wine", MANY + 11);
        assertThat(found("red wine zorvel").getFirst()).isEqualTo(beside);
    }

    private static void awaitTotal(String q, int total) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> searchBy("elasticsearch", q).jsonPath().getInt("data.pagination.total_items") == total);
    }

    private static List<Long> concat(List<Long> first, List<Long> some, long last) {
        List<Long> all = new java.util.ArrayList<>(first);
        all.addAll(some);
        all.add(last);
        return all;
    }

    @Test
    void a_synonym_finds_the_product_and_the_word_itself_is_better() {
        long couch = shelves.put("Synonymix Couch", "20.00", "furniture", "Brimquist", "");
        long sofa = shelves.put("Synonymix Sofa", "20.00", "furniture", "Brimquist", "");
        awaitFound(List.of(sofa, couch), "synonymix sofa");
        assertThat(found("synonymix couch")).containsExactly(couch, sofa);
        assertThat(found("settee synonymix")).containsExactlyInAnyOrder(sofa, couch);
        long chest = shelves.put("Synonymix Chest of Drawers", "20.00", "furniture", "Brimquist", "");
        awaitFound(List.of(chest), "synonymix dresser");
    }

    @Test
    void a_word_that_is_only_begun_finds_the_product() {
        long product = shelves.put("Partialix Quenchometer", "20.00", "tools", "Brimquist", "");
        awaitFound(List.of(product), "partialix quenchometer");
        assertThat(found("partialix quench")).containsExactly(product);
        assertThat(found("quenchom")).first().isEqualTo(product);
        // In the middle of a word nobody begins.
        assertThat(found("uenchom")).doesNotContain(product);
    }

    @Test
    void how_a_sku_begins_finds_its_product() {
        long product = shelves.put("Skubeginner Lamp", "20.00", "light", "Brimquist", "");
        awaitFound(List.of(product), "skubeginner");
        String begins = shelves.sku(product).substring(0, 15);
        assertThat(found(begins)).containsExactly(product);
        assertThat(found(begins.toUpperCase(java.util.Locale.ROOT))).containsExactly(product);
        // A misspelt SKU is another SKU.
        assertThat(found(begins.substring(0, 14) + "x")).doesNotContain(product);
    }

    @Test
    void words_side_by_side_are_better_than_apart_and_accents_do_not_count() {
        long apart = shelves.put("Plantex Stand for Air Phrasix", "20.00", "decor", "Brimquist", "");
        long together = shelves.put("Stand for Phrasix Air Plantex", "20.00", "decor", "Brimquist", "");
        awaitFound(List.of(together, apart), "air plantex");
        long brulee = shelves.put("Crème Brûlix Torch", "20.00", "kitchen", "Brimquist", "");
        awaitFound(List.of(brulee), "creme brulix");
    }

    @Test
    void products_with_every_word_leave_out_those_with_some() {
        long both = shelves.put("Everywordix Alpharest Stool", "20.00", "furniture", "Brimquist", "");
        long one = shelves.put("Everywordix Betarest Stool", "20.00", "furniture", "Brimquist", "");
        awaitFound(List.of(both, one), "everywordix", "sort", "oldest");
        assertThat(found("everywordix alpharest stool")).containsExactly(both);
        // Nobody has all three: those with most of them.
        assertThat(found("everywordix gammarest stool")).containsExactlyInAnyOrder(both, one);
    }

    @Test
    void a_withdrawn_product_is_gone_at_once_and_soon_not_counted() {
        long gone = shelves.put("Evanescar Vase", "20.00", "decor", "Brimquist", "");
        awaitFound(List.of(gone), "evanescar");
        shelves.withdraw(gone);
        assertThat(found("evanescar")).isEmpty();
        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        searchBy("elasticsearch", "evanescar").jsonPath().getInt("data.pagination.total_items") == 0);
    }

    @Test
    void a_changed_price_is_shown_at_once_and_soon_found() {
        long product = shelves.put("Pricelwyn Chair", "20.00", "furniture", "Brimquist", "");
        awaitFound(List.of(product), "pricelwyn");
        shelves.price(product, "80.50");
        search("pricelwyn").body("data.products.price", contains(80.50f));
        // The index still says 20, yet nobody is shown a chair of 80.50 who wants one for 30.
        assertThat(found("pricelwyn", "max_price", "30")).isEmpty();
        awaitFound(List.of(product), "pricelwyn", "min_price", "80");
    }

    @Test
    void the_last_piece_sold_leaves_what_is_in_stock_without_an_event() {
        long product = shelves.put("Shelfwick Candle", "20.00", "decor", "Brimquist", "");
        awaitFound(List.of(product), "shelfwick", "in_stock", "true");
        shelves.stock(product, 0);
        awaitFound(List.of(product), "shelfwick", "in_stock", "false");
        search("shelfwick", "in_stock", "true").body("data.pagination.total_items", equalTo(0));
        shelves.stock(product, 3);
        awaitFound(List.of(product), "shelfwick", "in_stock", "true");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"",
                "+",
                "-",
                "( ) *",
                "~",
                "OR",
                "AND",
                "NOT",
                "*:*",
                "name:*",
                "operaxon OR *",
                "operaxon -\"lamp\"",
                "+operaxon +(lamp",
                "operaxon~ && !lamp",
                "operaxon\\",
                "<script>alert(1)</script>",
                "{\"match_all\":{}}",
                "' OR 1=1 --",
                "operaxon' | ! & <-> :*",
                "%_%",
                "_exists_:name",
                "/.*/",
                "[1 TO 2}",
                "^",
                "a^1e99",
                "😀",
                "\u202e",
                "the of and",
                ".'’"
            })
    void operators_are_text(String hostile) {
        searchBy("elasticsearch", hostile);
        await().atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .untilAsserted(() -> RestAssured.given()
                        .queryParam("q", hostile)
                        .get("/api/v1/products/suggest")
                        .then()
                        .statusCode(200));
    }

    @Test
    void no_operator_leaves_out_or_lets_in_a_product() {
        long lamp = shelves.put("Operaxon Lamp", "20.00", "light", "Brimquist", "");
        awaitFound(List.of(lamp), "operaxon lamp");
        assertThat(found("operaxon -lamp")).containsExactly(lamp);
        assertThat(found("operaxon NOT lamp")).containsExactly(lamp);
        assertThat(found("\"lamp operaxon\"")).containsExactly(lamp);
        for (String all : List.of("*", "*:*", "ope*xon", "/.*eraxon/", "%", "name:(*)")) {
            assertThat(found(all)).as(all).doesNotContain(lamp);
        }
    }

    @Test
    void the_longest_queries_stay_below_the_nodes_bounds() {
        for (String word : List.of("a", "abc", "abc-", "abcd ", "ab.", "a'b ", "漢", "abc..")) {
            searchBy("elasticsearch", word.repeat(200 / word.length()));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "q, ''",
        "q, '  '",
        "page, 0",
        "limit, 101",
        "limit, x",
        "min_price, -1",
        "max_price, 1.001",
        "max_price, 1e9",
        "in_stock, maybe",
        "sort, best",
        "page, 501",
        "page, 99999999999"
    })
    void what_does_not_fit_is_refused(String parameter, String value) {
        var request = RestAssured.given();
        if (!parameter.equals("q")) {
            request.queryParam("q", "lamp");
        }
        request.queryParam(parameter, value)
                .get("/api/v1/products/search")
                .then()
                .statusCode(400)
                .body("error.code", equalTo("VALIDATION_ERROR"));
    }

    @Test
    void a_query_too_long_or_with_control_characters_is_refused() {
        for (String bad : List.of("a".repeat(201), "a\u0000b", "a\u0007b")) {
            for (String path : List.of("search", "suggest")) {
                RestAssured.given()
                        .queryParam("q", bad)
                        .get("/api/v1/products/" + path)
                        .then()
                        .statusCode(400);
            }
        }
        RestAssured.get("/api/v1/products/search").then().statusCode(400);
    }

    @Test
    void what_is_being_typed_is_completed_with_brands_categories_and_names() {
        long teapot = shelves.put("Large Quelmor Teapot", "20.00", "quelmorware", "Quelmoria", "");
        awaitFound(List.of(teapot), "large quelmor teapot");
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            RestAssured.given()
                    .queryParam("q", "QUELM")
                    .get("/api/v1/products/suggest")
                    .then()
                    .statusCode(200)
                    .header("X-Search-Backend", "elasticsearch")
                    .body("data.suggestions", contains("quelmorware", "Quelmoria", "Large Quelmor Teapot"));
            RestAssured.given()
                    .queryParam("q", "uelm")
                    .get("/api/v1/products/suggest")
                    .then()
                    .body("data.suggestions", hasSize(0));
        });
    }

    @Test
    void the_catalogues_own_paths_are_untouched() {
        long product = shelves.put("Neighbour", "20.00", "decor", "Brimquist", "");
        RestAssured.get("/api/v1/products/" + product).then().statusCode(200).body("data.name", equalTo("Neighbour"));
        RestAssured.get("/api/v1/products").then().statusCode(200);
        RestAssured.given().post("/api/v1/products/search?q=a").then().statusCode(405);
    }

    /** By Elasticsearch: each of the two ranks and pages in its own way. */
    private static List<Long> found(String q, Object... filters) {
        return searchBy("elasticsearch", q, filters).jsonPath().getList("data.products.product_id", Long.class);
    }
}
