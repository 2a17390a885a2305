package io.emporium.catalog.image;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.emporium.LocalServerSwitch;
import io.emporium.Management;
import io.emporium.Together;
import io.emporium.catalog.Callers;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pictures of products, from the upload until their files are gone, with a real store. */
@QuarkusTest
class ProductImagesTest {
    private static final String PRODUCTS = "/api/v1/products";

    @Inject
    Callers callers;

    @Inject
    EntityManager database;

    @Inject
    ImageWork work;

    @Inject
    ImageWorker worker;

    @Inject
    ProductImages images;

    @Inject
    PictureStore store;

    private long product;

    @BeforeEach
    void aProduct() {
        callers.exist();
        product = product("Pictured Mouse");
    }

    @AfterEach
    void theStoreIsThere() {
        new LocalServerSwitch("s3").start();
    }

    @Test
    void a_jpeg_is_shown_in_three_sizes_for_ever() {
        long image = uploaded(Pictures.jpeg(1600, 800), 201);
        awaitReady(image);

        Map<String, Object> shown = shown().getFirst();
        assertThat(shown.get("image_id")).isEqualTo((int) image);
        assertThat(shown.get("width")).isEqualTo(1200);
        assertThat(shown.get("height")).isEqualTo(600);
        for (Variant variant : Variant.values()) {
            HttpResponse<byte[]> file = fetch((String) shown.get(variant.code()));
            assertThat(file.headers().firstValue("Content-Type")).contains("image/jpeg");
            assertThat(file.headers().firstValue("Cache-Control")).contains("public, max-age=31536000, immutable");
            BufferedImage picture = Pictures.read(file.body());
            assertThat(picture.getWidth()).isEqualTo(variant.longest);
            assertThat(picture.getHeight()).isEqualTo(variant.longest / 2);
        }
        given().get(PRODUCTS + "/" + product)
                .then()
                .body("data.image_url", equalTo(shown.get("large")))
                .header("ETag", "\"1.5\"");
    }

    @Test
    void the_list_and_the_search_show_it_too() {
        String word = "picturquixel" + UUID.randomUUID().toString().substring(0, 8);
        product = product(word);
        given().get(PRODUCTS + "/" + product).then().body("data.images", hasSize(0));
        awaitReady(uploaded(Pictures.jpeg(300, 200), 201));
        assertThat(given().get(PRODUCTS + "?limit=100")
                        .jsonPath()
                        .getList("data.products.find { it.product_id == " + product + " }.images"))
                .hasSize(1);
        soon().untilAsserted(() -> given().queryParam("q", word)
                .get(PRODUCTS + "/search")
                .then()
                .body("data.products[0].images", hasSize(1)));
    }

    @Test
    void a_small_one_is_not_enlarged() {
        awaitReady(uploaded(Pictures.jpeg(150, 90), 201));
        BufferedImage large =
                Pictures.read(fetch((String) shown().getFirst().get("large")).body());
        assertThat(large.getWidth()).isEqualTo(150);
        assertThat(large.getHeight()).isEqualTo(90);
    }

    @Test
    void what_is_transparent_stays_so() {
        awaitReady(uploaded(Pictures.halfTransparentPng(800, 400), 201));
        HttpResponse<byte[]> medium = fetch((String) shown().getFirst().get("medium"));
        assertThat(medium.headers().firstValue("Content-Type")).contains("image/png");
        BufferedImage picture = Pictures.read(medium.body());
        assertThat(picture.getRGB(50, 150) >>> 24).isZero();
        assertThat(picture.getRGB(550, 150) >>> 24).isEqualTo(255);
    }

    @Test
    void a_png_without_transparency_and_a_webp_become_jpegs() {
        awaitReady(uploaded(Pictures.png(640, 480), 201));
        awaitReady(uploaded(Pictures.webp(500, 250), 201));
        assertThat(shown())
                .hasSize(2)
                .allSatisfy(shown -> assertThat(
                                fetch((String) shown.get("thumbnail")).headers().firstValue("Content-Type"))
                        .contains("image/jpeg"));
        assertThat(shown().get(1).get("width")).isEqualTo(500);
    }

    @Test
    void it_is_turned_as_the_camera_was_held_and_what_the_camera_knew_is_gone() {
        byte[] file = Pictures.heldOnItsSide(900, 600, "Quixel X100 of Ada at 52.5 N");
        assertThat(new String(file, StandardCharsets.ISO_8859_1)).contains("Quixel X100");
        awaitReady(uploaded(file, 201));
        byte[] large = fetch((String) shown().getFirst().get("large")).body();
        BufferedImage picture = Pictures.read(large);
        assertThat(picture.getWidth()).isEqualTo(600);
        assertThat(picture.getHeight()).isEqualTo(900);
        assertThat(new Color(picture.getRGB(300, 100)).getRed()).isGreaterThan(200);
        assertThat(new Color(picture.getRGB(300, 800)).getBlue()).isGreaterThan(200);
        assertThat(new String(large, StandardCharsets.ISO_8859_1)).doesNotContain("Exif", "Quixel");
    }

    @Test
    void its_content_says_what_it_is_and_not_its_name() {
        byte[] png = Pictures.png(20, 20);
        Callers.admin()
                .multiPart("image", "evil.svg", png, "image/svg+xml")
                .post(path())
                .then()
                .statusCode(201)
                .body("data.media_type", equalTo("image/png"));
        for (String lie : List.of(
                "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
                "<html><body>hello there</body></html>",
                "GIF89a\u0001\u0000\u0001\u0000\u0000\u0000\u0000;",
                "%PDF-1.7 and so on",
                "x")) {
            upload(lie.getBytes(StandardCharsets.ISO_8859_1))
                    .then()
                    .statusCode(415)
                    .body("error.code", equalTo("UNSUPPORTED_MEDIA_TYPE"));
        }
        upload(new byte[0]).then().statusCode(400).body("error.code", equalTo("VALIDATION_ERROR"));
        for (byte[] broken : List.of(
                java.util.Arrays.copyOf(Pictures.jpeg(20, 20), 30),
                java.util.Arrays.copyOf(png, 18),
                java.util.Arrays.copyOf(Pictures.webp(20, 20), 22))) {
            upload(broken).then().statusCode(400).body("error.code", equalTo("VALIDATION_ERROR"));
        }
    }

    @Test
    void a_bomb_is_refused_by_its_header() {
        for (byte[] bomb : List.of(
                Pictures.pngHeader(12_001, 1),
                Pictures.pngHeader(1, 12_001),
                Pictures.pngHeader(10_000, 5_001),
                Pictures.pngHeader(0, 10),
                Pictures.pngHeader(-1, -1),
                Pictures.webp(16_000, 16_000))) {
            upload(bomb).then().statusCode(400).body("error.details.fields[0].field", equalTo("image"));
        }
        listed(0);
    }

    @Test
    void more_than_five_megabytes_are_refused_however_they_come() throws Exception {
        byte[] large = java.util.Arrays.copyOf(Pictures.jpeg(20, 20), ImageUpload.MOST_BYTES + 1);
        upload(large).then().statusCode(413).body("error.code", equalTo("PAYLOAD_TOO_LARGE"));
        byte[] inChunks = java.util.Arrays.copyOf(Pictures.jpeg(20, 20), 7 * 1024 * 1024);
        assertThat(inChunks(inChunks)).isEqualTo(413);
        byte[] exactly = java.util.Arrays.copyOf(Pictures.jpeg(20, 20), ImageUpload.MOST_BYTES);
        listed(0);
        assertThat(inChunks(exactly)).isEqualTo(201);
    }

    @Test
    void what_is_no_form_with_an_image_is_refused() {
        Callers.admin()
                .contentType(ContentType.JSON)
                .body("{}")
                .post(path())
                .then()
                .statusCode(415);
        Callers.admin()
                .multiPart("picture", "a.jpg", Pictures.jpeg(20, 20), "image/jpeg")
                .post(path())
                .then()
                .statusCode(400)
                .body("error.code", equalTo("VALIDATION_ERROR"));
        for (String body : List.of("", "--b", "--b\r\n", "--b\r\n\r\nx", "--b--", "nothing")) {
            Callers.admin()
                    .header("Content-Type", "multipart/form-data; boundary=b")
                    .body(body.getBytes(StandardCharsets.ISO_8859_1))
                    .post(path())
                    .then()
                    .statusCode(400);
        }
        // A field before it is passed over.
        Callers.admin()
                .multiPart("note", "image")
                .multiPart("image", "a.jpg", Pictures.jpeg(20, 20), "image/jpeg")
                .post(path())
                .then()
                .statusCode(201);
    }

    @Test
    void a_picture_that_ends_before_its_end_is_refused_with_a_reason() {
        for (byte[] cut : List.of(Pictures.cut(Pictures.jpeg(400, 300)), Pictures.cut(Pictures.png(400, 300)))) {
            long image = uploaded(cut, 201);
            soon().untilAsserted(() -> assertThat(state(image)).isEqualTo("refused"));
            Callers.admin()
                    .get(path() + "s")
                    .then()
                    .body(
                            "data.images.find { it.image_id == " + image + " }.reason",
                            equalTo("The file ends before the picture does"));
        }
        assertThat(shown()).isEmpty();
    }

    @Test
    void a_refused_one_can_be_sent_again_and_deleted() {
        byte[] cut = Pictures.cut(Pictures.jpeg(400, 300));
        long image = uploaded(cut, 201);
        soon().untilAsserted(() -> assertThat(state(image)).isEqualTo("refused"));
        assertThat(uploaded(cut, 200)).isEqualTo(image);
        soon().untilAsserted(() -> assertThat(state(image)).isEqualTo("refused"));
        delete(product, image).statusCode(200);
        awaitGone(image);
    }

    @Test
    void the_same_file_again_is_the_same_image() {
        byte[] file = Pictures.jpeg(300, 200);
        long image = uploaded(file, 201);
        assertThat(uploaded(file, 200)).isEqualTo(image);
        awaitReady(image);
        assertThat(uploaded(file, 200)).isEqualTo(image);
        assertThat(state(image)).isEqualTo("ready");
        assertThat(shown()).hasSize(1);
        long ofAnother = product("Other Mouse");
        upload(ofAnother, file).then().statusCode(201);
    }

    @Test
    void the_same_file_from_many_at_once_is_one_image() {
        byte[] file = Pictures.jpeg(300, 200);
        List<Response> answers = Together.times(6, i -> upload(file));
        assertThat(answers.stream().map(Response::statusCode)).containsOnly(200, 201);
        assertThat(answers.stream().filter(answer -> answer.statusCode() == 201))
                .hasSize(1);
        listed(1);
        awaitReady(answers.getFirst().jsonPath().getLong("data.image_id"));
    }

    @Test
    void different_files_at_once_are_all_shown() {
        List<byte[]> files =
                List.of(Pictures.jpeg(300, 200), Pictures.png(200, 200), Pictures.webp(99, 50), Pictures.jpeg(5, 9));
        List<Response> answers = Together.times(files.size(), i -> upload(files.get(i)));
        assertThat(answers.stream().map(Response::statusCode)).containsOnly(201);
        soon().untilAsserted(() -> assertThat(shown()).hasSize(4));
    }

    @Test
    void a_product_has_twenty_images_at_most() {
        for (int i = 0; i < 19; i++) {
            uploaded(Pictures.jpeg(4, 4 + i), 201);
        }
        List<Response> two = Together.times(2, i -> upload(Pictures.jpeg(50, 50 + i)));
        assertThat(two.stream().map(Response::statusCode)).containsExactlyInAnyOrder(201, 400);
        listed(20);
    }

    @Test
    void the_first_in_order_is_the_products_image() {
        long first = uploaded(Pictures.jpeg(30, 20), 201);
        long second = uploaded(Pictures.jpeg(40, 20), 201);
        awaitReady(first);
        awaitReady(second);
        given().get(PRODUCTS + "/" + product).then().body("data.images.image_id", contains((int) first, (int) second));

        order(second, first).then().statusCode(200).body("data.images.image_id", contains((int) second, (int) first));
        given().get(PRODUCTS + "/" + product)
                .then()
                .body("data.images.image_id", contains((int) second, (int) first))
                .body("data.image_url", equalTo(shown().getFirst().get("large")));

        long third = uploaded(Pictures.jpeg(50, 20), 201);
        awaitReady(third);
        assertThat(shown().get(2).get("image_id")).isEqualTo((int) third);
        order(second, first).then().statusCode(400).body("error.code", equalTo("VALIDATION_ERROR"));
        order(second, first, first).then().statusCode(400);
        order(second, first, third, third + 1_000_000).then().statusCode(400);
        order(third, second, first).then().statusCode(200);
    }

    @Test
    void an_editor_cannot_take_the_first_one_s_place_by_an_image_url() {
        change(Map.of("image_url", "https://example.com/hand.jpg"));
        given().get(PRODUCTS + "/" + product).then().body("data.image_url", equalTo("https://example.com/hand.jpg"));
        long image = uploaded(Pictures.jpeg(30, 20), 201);
        awaitReady(image);
        String large = (String) shown().getFirst().get("large");
        change(Map.of("image_url", "https://example.com/other.jpg", "price", 12));
        String sku = given().get(PRODUCTS + "/" + product).jsonPath().getString("data.sku");
        Callers.admin()
                .contentType("text/csv")
                .body("sku,name,price,category,image_url\n" + sku
                        + ",Imported,13.00,pictured,https://example.com/i.jpg\n")
                .post(PRODUCTS + "/import")
                .then()
                .statusCode(200);
        given().get(PRODUCTS + "/" + product)
                .then()
                .body("data.name", equalTo("Imported"))
                .body("data.image_url", equalTo(large));
        delete(product, image).statusCode(200);
        given().get(PRODUCTS + "/" + product).then().body("data.image_url", nullValue());
    }

    @Test
    void a_deleted_one_is_not_shown_at_once_and_its_files_go() {
        long image = uploaded(Pictures.jpeg(300, 200), 201);
        awaitReady(image);
        String address = (String) shown().getFirst().get("large");
        fetch(address);
        assertThat(store.read("originals/" + image)).isPresent();

        delete(product, image).statusCode(200);
        assertThat(shown()).isEmpty();
        listed(0);
        delete(product, image).statusCode(404);
        awaitGone(image);
        assertThat(store.read("originals/" + image)).isEmpty();
        assertThat(status(address)).isIn(403, 404);
    }

    @Test
    void originals_and_lists_are_not_for_the_public() {
        long image = uploaded(Pictures.jpeg(300, 200), 201);
        awaitReady(image);
        String address = (String) shown().getFirst().get("large");
        String bucket = address.substring(0, address.indexOf("/images/"));
        assertThat(status(bucket + "/originals/" + image)).isEqualTo(403);
        assertThat(status(bucket + "/")).isEqualTo(403);
        assertThat(status(bucket)).isEqualTo(403);
    }

    @Test
    void another_products_image_is_not_found() {
        long image = uploaded(Pictures.jpeg(300, 200), 201);
        awaitReady(image);
        long other = product("Other Mouse");
        delete(other, image).statusCode(404);
        Callers.admin()
                .contentType(ContentType.JSON)
                .body(Map.of("image_ids", List.of(image)))
                .put(PRODUCTS + "/" + other + "/images")
                .then()
                .statusCode(400);
        assertThat(shown()).hasSize(1);
        upload(7_000_000_001L, Pictures.jpeg(30, 20)).then().statusCode(404);
        Callers.admin().get(PRODUCTS + "/7000000001/images").then().statusCode(404);
    }

    @Test
    void a_customer_may_not() {
        byte[] file = Pictures.jpeg(30, 20);
        Callers.customer()
                .multiPart("image", "a.jpg", file, "image/jpeg")
                .post(path())
                .then()
                .statusCode(403);
        given().multiPart("image", "a.jpg", file, "image/jpeg")
                .post(path())
                .then()
                .statusCode(401);
        Callers.customer().get(path() + "s").then().statusCode(403);
        Callers.customer().delete(path() + "s/1").then().statusCode(403);
        Callers.customer()
                .contentType(ContentType.JSON)
                .body(Map.of("image_ids", List.of()))
                .put(path() + "s")
                .then()
                .statusCode(403);
        listed(0);
    }

    @Test
    void without_the_store_an_upload_is_told_to_come_back_and_goes_on_then() {
        long image = uploaded(Pictures.jpeg(300, 200), 201);
        awaitReady(image);
        byte[] file = Pictures.jpeg(310, 200);
        var s3 = new LocalServerSwitch("s3");
        s3.stop();
        for (int i = 0; i < 6; i++) {
            upload(file)
                    .then()
                    .statusCode(503)
                    .header("Retry-After", notNullValue())
                    .body("error.code", equalTo("SERVICE_UNAVAILABLE"));
        }
        Management.asked().get("/q/health/ready").then().statusCode(200);
        assertThat(shown()).hasSize(1);
        delete(product, image).statusCode(200);
        assertThat(shown()).isEmpty();
        s3.start();
        soon().untilAsserted(() -> upload(file).then().statusCode(200));
        soon().untilAsserted(() -> assertThat(shown()).hasSize(1));
        awaitGone(image);
    }

    @Test
    void a_worker_that_dies_is_followed_by_another_and_not_heard_any_more() {
        long image = uploaded(Pictures.jpeg(300, 200), 201);
        awaitReady(image);
        UUID dead = UUID.randomUUID();
        sql("UPDATE product_images SET state = 'processing', tries = 1, claim = '" + dead
                + "', next_try_at = clock_timestamp() + interval '1 hour' WHERE image_id = " + image);
        work.claim(ImageState.PROCESSING).ifPresent(claim -> {
            work.giveBack(claim);
            assertThat(claim.imageId()).isNotEqualTo(image);
        });
        // Its lease ends.
        sql("UPDATE product_images SET next_try_at = clock_timestamp() WHERE image_id = " + image);
        awaitReady(image);
        List<Map<String, Object>> before = shown();

        Map<Variant, String> late = new EnumMap<>(Variant.class);
        for (Variant variant : Variant.values()) {
            late.put(variant, "images/late");
        }
        assertThat(images.ready(new ImageWork.Claim(image, product, dead, 1), late, 1, 1))
                .isFalse();
        assertThat(shown()).isEqualTo(before);
    }

    @Test
    void what_fails_five_times_is_parked_with_a_reason() {
        long image = uploaded(Pictures.jpeg(300, 200), 201);
        awaitReady(image);
        sql(
                "UPDATE product_images SET state = 'processing', tries = 5, next_try_at = clock_timestamp() WHERE image_id = "
                        + image);
        soon().untilAsserted(() -> assertThat(state(image)).isEqualTo("refused"));
    }

    @Test
    void what_is_deleted_while_it_is_made_keeps_its_files_until_the_maker_s_lease_has_ended() {
        long image = uploaded(Pictures.jpeg(300, 200), 201);
        awaitReady(image);
        sql("UPDATE product_images SET state = 'processing', tries = 1, claim = '" + UUID.randomUUID()
                + "', next_try_at = clock_timestamp() + interval '1 hour' WHERE image_id = " + image);
        delete(product, image).statusCode(200);
        assertThat(number("SELECT count(*) FROM product_images WHERE state = 'deleted'"
                        + " AND next_try_at > clock_timestamp() + interval '50 minutes' AND image_id = " + image))
                .isEqualTo(1);
        sql("UPDATE product_images SET next_try_at = clock_timestamp() WHERE image_id = " + image);
        awaitGone(image);
    }

    @Test
    void what_is_deleted_in_the_moment_a_worker_claims_it_keeps_its_files_as_long() {
        long image = uploaded(Pictures.jpeg(300, 200), 201);
        awaitReady(image);
        sql("UPDATE product_images SET state = 'processing', next_try_at = clock_timestamp() + interval '1 hour'"
                + " WHERE image_id = " + image);
        CompletableFuture<?> deletion = QuarkusTransaction.requiringNew().call(() -> {
            database.createNativeQuery(
                            "UPDATE product_images SET claim = '" + UUID.randomUUID() + "' WHERE image_id = " + image)
                    .executeUpdate();
            var deleting =
                    CompletableFuture.runAsync(() -> delete(product, image).statusCode(200));
            soon().until(() -> number("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                            + " AND query ILIKE '%product_images%'")
                    > 0);
            return deleting;
        });
        deletion.join();
        assertThat(number("SELECT count(*) FROM product_images WHERE state = 'deleted'"
                        + " AND next_try_at > clock_timestamp() + interval '50 minutes' AND image_id = " + image))
                .isEqualTo(1);
        sql("UPDATE product_images SET next_try_at = clock_timestamp() WHERE image_id = " + image);
        awaitGone(image);
    }

    @Test
    void the_images_of_a_product_that_is_long_withdrawn_are_deleted() {
        long image = uploaded(Pictures.jpeg(300, 200), 201);
        awaitReady(image);
        Callers.admin().delete(PRODUCTS + "/" + product).then().statusCode(200);
        // It can have new ones: it may come back.
        awaitReady(uploaded(Pictures.jpeg(320, 200), 201));
        worker.tidyUp();
        listed(2);
        sql("UPDATE products SET updated_at = clock_timestamp() - interval '31 days' WHERE product_id = " + product);
        worker.tidyUp();
        listed(0);
        awaitGone(image);
        change(Map.of("is_active", true));
        given().get(PRODUCTS + "/" + product)
                .then()
                .statusCode(200)
                .body("data.images", hasSize(0))
                .body("data.image_url", nullValue());
    }

    @Test
    void an_upload_that_broke_off_leaves_nothing() {
        long image = uploaded(Pictures.jpeg(300, 200), 201);
        awaitReady(image);
        sql(
                "UPDATE product_images SET state = 'uploading', updated_at = clock_timestamp() - interval '59 minutes' WHERE image_id = "
                        + image);
        worker.tidyUp();
        listed(1);
        sql("UPDATE product_images SET updated_at = clock_timestamp() - interval '61 minutes' WHERE image_id = "
                + image);
        worker.tidyUp();
        listed(0);
    }

    private String path() {
        return PRODUCTS + "/" + product + "/image";
    }

    private Response upload(byte[] file) {
        return upload(product, file);
    }

    /** Sent without a length. */
    private int inChunks(byte[] file) throws Exception {
        var body = new java.io.ByteArrayOutputStream();
        body.writeBytes("--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.jpg\"\r\n\r\n"
                .getBytes(StandardCharsets.ISO_8859_1));
        body.writeBytes(file);
        body.writeBytes("\r\n--b--\r\n".getBytes(StandardCharsets.ISO_8859_1));
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(
                            URI.create(RestAssured.baseURI + ":" + RestAssured.port + path()))
                    .header("Content-Type", "multipart/form-data; boundary=b")
                    .POST(HttpRequest.BodyPublishers.ofInputStream(
                            () -> new java.io.ByteArrayInputStream(body.toByteArray())));
            Callers.asAdmin(request::header);
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                    .statusCode();
        }
    }

    private static Response upload(long product, byte[] file) {
        return Callers.admin()
                .multiPart("image", "a.jpg", file, "image/jpeg")
                .post(PRODUCTS + "/" + product + "/image");
    }

    private long uploaded(byte[] file, int status) {
        return upload(file).then().statusCode(status).extract().jsonPath().getLong("data.image_id");
    }

    private Response order(long... images) {
        return Callers.admin()
                .contentType(ContentType.JSON)
                .body(Map.of("image_ids", images))
                .put(path() + "s");
    }

    private static io.restassured.response.ValidatableResponse delete(long product, long image) {
        return Callers.admin()
                .delete(PRODUCTS + "/" + product + "/images/" + image)
                .then();
    }

    private void change(Map<String, Object> changes) {
        Callers.admin()
                .contentType(ContentType.JSON)
                .body(changes)
                .patch(PRODUCTS + "/" + product)
                .then()
                .statusCode(200);
    }

    private List<Map<String, Object>> shown() {
        return given().get(PRODUCTS + "/" + product)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getList("data.images");
    }

    private void listed(int count) {
        Callers.admin().get(path() + "s").then().statusCode(200).body("data.images", hasSize(count));
    }

    private String state(long image) {
        return Callers.admin()
                .get(path() + "s")
                .jsonPath()
                .getString("data.images.find { it.image_id == " + image + " }.state");
    }

    private void awaitReady(long image) {
        soon().untilAsserted(() -> assertThat(state(image)).isEqualTo("ready"));
    }

    private void awaitGone(long image) {
        soon().untilAsserted(() -> assertThat(number("SELECT count(*) FROM product_images WHERE image_id = " + image))
                .isZero());
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(300));
    }

    private static HttpResponse<byte[]> fetch(String address) {
        HttpResponse<byte[]> answer = get(address);
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer;
    }

    private static int status(String address) {
        return get(address).statusCode();
    }

    /** As a browser does, without any key. */
    private static HttpResponse<byte[]> get(String address) {
        try (HttpClient browser = HttpClient.newHttpClient()) {
            return browser.send(
                    HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (java.io.IOException fault) {
            throw new java.io.UncheckedIOException(fault);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    private void sql(String sql) {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(sql).executeUpdate());
    }

    private long number(String sql) {
        return QuarkusTransaction.requiringNew()
                .call(() ->
                        ((Number) database.createNativeQuery(sql, Long.class).getSingleResult()).longValue());
    }

    private static long product(String name) {
        return Callers.admin()
                .contentType(ContentType.JSON)
                .body(Map.of(
                        "name",
                        name,
                        "price",
                        29.99,
                        "category",
                        "pictured",
                        "sku",
                        "SKU-" + UUID.randomUUID(),
                        "stock_quantity",
                        5))
                .post(PRODUCTS)
                .then()
                .statusCode(201)
                .extract()
                .jsonPath()
                .getLong("data.product_id");
    }
}
