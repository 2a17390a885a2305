package io.emporium.identity;

import static io.emporium.identity.Customers.aCustomer;
import static io.emporium.identity.Customers.nobody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import io.emporium.identity.Customers.Customer;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One's own addresses, one of them the default. */
@QuarkusTest
class AddressTest {
    private static final String ADDRESSES = "/api/v1/addresses";

    @Inject
    Rows rows;

    private static Map<String, Object> home() {
        return new HashMap<>(Map.of(
                "address_line1", " 123 Main St ",
                "city", "New York",
                "state", "NY",
                "postal_code", "10001",
                "country", "USA"));
    }

    private static int add(Customer customer, Map<String, Object> address) {
        return customer.asks()
                .body(address)
                .post(ADDRESSES)
                .then()
                .statusCode(201)
                .extract()
                .jsonPath()
                .getInt("data.address_id");
    }

    private long defaults(Customer customer) {
        return rows.count("SELECT count(*) FROM addresses WHERE user_id = ? AND is_default", customer.userId());
    }

    private static List<Integer> listed(Customer customer) {
        return customer.asks()
                .get(ADDRESSES)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getList("data.addresses.address_id");
    }

    @Test
    void an_address_lives_from_post_to_delete() {
        Customer ann = aCustomer();
        int id = add(ann, home());
        ann.asks()
                .get(ADDRESSES + "/" + id)
                .then()
                .statusCode(200)
                .body("data.address_line1", equalTo("123 Main St"))
                .body("data.address_line2", nullValue())
                .body("data.city", equalTo("New York"))
                .body("data.state", equalTo("NY"))
                .body("data.postal_code", equalTo("10001"))
                .body("data.country", equalTo("USA"))
                .body("data.is_default", equalTo(true));
        Map<String, Object> moved = home();
        moved.put("address_line2", "Apt 4B");
        moved.put("city", "Boston");
        ann.asks()
                .body(moved)
                .put(ADDRESSES + "/" + id)
                .then()
                .statusCode(200)
                .body("data.city", equalTo("Boston"))
                .body("data.address_line2", equalTo("Apt 4B"))
                .body("data.is_default", equalTo(true));
        ann.asks().delete(ADDRESSES + "/" + id).then().statusCode(200).body("success", equalTo(true));
        ann.asks().get(ADDRESSES + "/" + id).then().statusCode(404);
        assertThat(listed(ann)).isEmpty();
    }

    @Test
    void the_first_is_the_default_until_another_is_chosen() {
        Customer ann = aCustomer();
        int first = add(ann, home());
        int second = add(ann, home());
        assertThat(listed(ann)).containsExactly(first, second);
        Map<String, Object> chosen = home();
        chosen.put("is_default", true);
        int third = add(ann, chosen);
        assertThat(listed(ann)).startsWith(third);
        ann.asks().body(chosen).put(ADDRESSES + "/" + second).then().body("data.is_default", equalTo(true));
        assertThat(listed(ann)).startsWith(second);
        assertThat(defaults(ann)).isEqualTo(1);
        ann.asks().delete(ADDRESSES + "/" + second).then().statusCode(200);
        ann.asks().get(ADDRESSES + "/" + third).then().body("data.is_default", equalTo(true));
        assertThat(defaults(ann)).isEqualTo(1);
        chosen.put("is_default", false);
        ann.asks().body(chosen).put(ADDRESSES + "/" + third).then().body("data.is_default", equalTo(false));
        assertThat(defaults(ann)).isZero();
    }

    @Test
    void sixteen_who_switch_the_default_at_once_leave_one() throws Exception {
        Customer ann = aCustomer();
        List<Integer> ids =
                IntStream.range(0, 16).mapToObj(i -> add(ann, home())).toList();
        Map<String, Object> chosen = home();
        chosen.put("is_default", true);
        for (int round = 0; round < 3; round++) {
            List<Integer> statuses = AtOnce.times(
                    16,
                    i -> ann.asks()
                            .body(chosen)
                            .put(ADDRESSES + "/" + ids.get(i))
                            .statusCode());
            assertThat(statuses).containsOnly(200);
            assertThat(defaults(ann)).isEqualTo(1);
        }
    }

    @Test
    void eight_first_addresses_at_once_make_one_default() throws Exception {
        Customer ann = aCustomer();
        List<Integer> statuses =
                AtOnce.times(8, i -> ann.asks().body(home()).post(ADDRESSES).statusCode());
        assertThat(statuses).containsOnly(201);
        assertThat(defaults(ann)).isEqualTo(1);
    }

    @Test
    void somebody_elses_address_is_not_found_and_stays_as_it_is() {
        Customer ann = aCustomer();
        Customer bob = aCustomer();
        int id = add(ann, home());
        Map<String, Object> stolen = home();
        stolen.put("city", "Elsewhere");
        String missing = bob.asks()
                .get(ADDRESSES + "/999999999")
                .then()
                .statusCode(404)
                .extract()
                .asString();
        assertThat(bob.asks()
                        .get(ADDRESSES + "/" + id)
                        .then()
                        .statusCode(404)
                        .extract()
                        .asString())
                .isEqualTo(missing);
        bob.asks().body(stolen).put(ADDRESSES + "/" + id).then().statusCode(404);
        bob.asks().delete(ADDRESSES + "/" + id).then().statusCode(404);
        assertThat(listed(bob)).isEmpty();
        ann.asks().get(ADDRESSES + "/" + id).then().statusCode(200).body("data.city", equalTo("New York"));
    }

    @Test
    void nobody_gives_an_address_away() {
        Customer ann = aCustomer();
        Customer bob = aCustomer();
        Map<String, Object> forged = home();
        forged.put("user_id", bob.userId());
        forged.put("address_id", 1);
        add(ann, forged);
        assertThat(listed(bob)).isEmpty();
        assertThat(listed(ann)).hasSize(1).doesNotContain(1);
    }

    @Test
    void fifty_are_enough() {
        Customer ann = aCustomer();
        rows.update(
                "INSERT INTO addresses (user_id, address_line1, city, state, postal_code, country)"
                        + " SELECT ?, 'a', 'b', 'c', 'd', 'e' FROM generate_series(1, 50)",
                ann.userId());
        ann.asks().body(home()).post(ADDRESSES).then().statusCode(400).body("error.code", equalTo("VALIDATION_ERROR"));
        ann.asks().get(ADDRESSES).then().body("data.addresses", hasSize(50));
    }

    @ParameterizedTest
    @ValueSource(strings = {"address_line1", "city", "state", "postal_code", "country"})
    void what_is_missing_blank_or_too_long_is_refused_by_name(String field) {
        Customer ann = aCustomer();
        Map<String, Object> address = home();
        for (Object bad : new Object[] {"", "  ", "x".repeat(256), "a\nb", "a\u0000b"}) {
            address.put(field, bad);
            ann.asks()
                    .body(address)
                    .post(ADDRESSES)
                    .then()
                    .statusCode(400)
                    .body("error.details.fields.field", hasItem(field));
        }
        address.remove(field);
        ann.asks()
                .body(address)
                .post(ADDRESSES)
                .then()
                .statusCode(400)
                .body("error.details.fields.field", hasItem(field));
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "1.5", "9223372036854775808", "-1", "0"})
    void an_id_that_is_none_is_not_found(String id) {
        aCustomer()
                .asks()
                .get(ADDRESSES + "/" + id)
                .then()
                .statusCode(404)
                .body("error.code", equalTo("RESOURCE_NOT_FOUND"));
    }

    @Test
    void signed_out_there_are_no_addresses() {
        nobody().get(ADDRESSES).then().statusCode(401);
        nobody().body(home()).post(ADDRESSES).then().statusCode(401);
    }
}
