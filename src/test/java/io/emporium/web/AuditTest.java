package io.emporium.web;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import io.emporium.Shopper;
import io.emporium.Together;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The audit log is only ever added to, and whoever is at it past the shop is found out. */
@QuarkusTest
class AuditTest {
    private static final String AUDIT = "/api/v1/admin/audit";

    @Inject
    EntityManager database;

    @Inject
    AuditLog audit;

    private void sql(String... statements) {
        QuarkusTransaction.requiringNew().run(() -> {
            for (String statement : statements) {
                database.createNativeQuery(statement).executeUpdate();
            }
        });
    }

    /** An entry of a thing that nobody else has, made through the door; its number. */
    private long entry(Shopper admin) {
        long product = admin.createProduct("10.00", 1);
        return ((Number) admin.request()
                        .get(AUDIT + "?entity_type=product&entity_id=" + product)
                        .then()
                        .statusCode(200)
                        .body("data.entries[0].action", equalTo("product.created"))
                        .body("data.entries[0].actor_id", equalTo((int) admin.userId))
                        .body("data.entries[0].after.price", equalTo(10.0f))
                        .extract()
                        .path("data.entries[0].audit_id"))
                .longValue();
    }

    private static ValidatableResponse verified(Shopper admin) {
        return admin.request().get(AUDIT + "/verification").then().statusCode(200);
    }

    @Test
    void an_admin_reads_who_did_what_page_by_page() {
        Shopper admin = Shopper.admin();
        long first = entry(admin);
        long second = entry(admin);
        assertThat(second).isGreaterThan(first);
        int next = admin.request()
                .get(AUDIT + "?limit=1&before=" + (second + 1))
                .then()
                .statusCode(200)
                .body("data.entries[0].audit_id", equalTo((int) second))
                .extract()
                .path("data.next_before");
        assertThat(next).isEqualTo((int) second);
        assertThat(admin.request()
                        .get(AUDIT + "?actor_id=" + admin.userId + "&before=" + next)
                        .jsonPath()
                        .getList("data.entries.audit_id"))
                .contains((int) first)
                .doesNotContain((int) second);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE audit_log SET action = 'x'",
                "DELETE FROM audit_log",
                "TRUNCATE audit_log",
                "UPDATE audit_chain SET position = position",
                "DELETE FROM audit_chain",
                "TRUNCATE audit_chain"
            })
    void the_database_lets_nothing_be_changed(String statement) {
        assertThatThrownBy(() -> sql(statement)).rootCause().hasMessageContaining("is only ever added to");
    }

    @Test
    void an_entry_that_was_changed_past_the_shop_is_found() {
        Shopper admin = Shopper.admin();
        long id = entry(admin);
        String head =
                verified(admin).body("data.intact", equalTo(true)).extract().path("data.head");
        String off = "ALTER TABLE audit_log DISABLE TRIGGER audit_log_stays";
        String on = "ALTER TABLE audit_log ENABLE TRIGGER audit_log_stays";
        sql(off, "UPDATE audit_log SET actor_id = NULL WHERE audit_id = " + id, on);
        try {
            verified(admin)
                    .body("data.intact", equalTo(false))
                    .body("data.faults.find { it.audit_id == " + id + " }.what", equalTo("changed"))
                    .body("data.faults.size()", equalTo(1));
        } finally {
            sql(off, "UPDATE audit_log SET actor_id = " + admin.userId + " WHERE audit_id = " + id, on);
        }
        verified(admin).body("data.intact", equalTo(true));
        admin.request().get(AUDIT + "/verification?known_head=" + head).then().body("data.intact", equalTo(true));
        admin.request()
                .get(AUDIT + "/verification?known_head=" + "0".repeat(64))
                .then()
                .body("data.intact", equalTo(false))
                .body("data.faults.what", hasItem("other_chain"));
        admin.request().get(AUDIT + "/verification?known_head=x").then().statusCode(400);
    }

    /** What is done to the log in a transaction that is taken back, and what is found of it there. */
    private List<String> found(String... statements) {
        QuarkusTransaction.begin();
        try {
            database.createNativeQuery("ALTER TABLE audit_log DISABLE TRIGGER USER")
                    .executeUpdate();
            database.createNativeQuery("ALTER TABLE audit_chain DISABLE TRIGGER USER")
                    .executeUpdate();
            for (String statement : statements) {
                database.createNativeQuery(statement).executeUpdate();
            }
            return audit.verify(null).faults().stream()
                    .map(fault -> fault.auditId() + " " + fault.what())
                    .toList();
        } finally {
            QuarkusTransaction.rollback();
        }
    }

    @Test
    void one_taken_out_one_slipped_in_and_a_hash_made_anew_are_found() {
        Shopper admin = Shopper.admin();
        long one = entry(admin);
        long next = entry(admin);
        assertThat(found()).isEmpty();
        assertThat(found("DELETE FROM audit_log WHERE audit_id = " + one)).containsExactly(one + " missing");
        assertThat(found(
                        "DELETE FROM audit_log WHERE audit_id = " + one,
                        "DELETE FROM audit_chain WHERE audit_id = " + one))
                .hasSize(1)
                .allMatch(fault -> fault.endsWith(" gap"));
        assertThat(found("INSERT INTO audit_log (audit_id, action, entity_type, entity_id) OVERRIDING SYSTEM VALUE"
                        + " VALUES (9000000000000, 'x', 'x', 'x')"))
                .containsExactly("9000000000000 unchained");
        // Who owns the tables owns the function too.
        assertThat(found(
                        "UPDATE audit_log SET entity_id = '0' WHERE audit_id = " + one,
                        "CREATE OR REPLACE FUNCTION audit_hash(previous BYTEA, entry audit_log) RETURNS BYTEA LANGUAGE sql STABLE AS"
                                + " 'SELECT hash FROM audit_chain c WHERE c.audit_id = entry.audit_id'"))
                .containsExactly(one + " changed");
        // The hash of what was changed fits again; that of the one after does no more.
        assertThat(found(
                        "UPDATE audit_log SET entity_id = '0' WHERE audit_id = " + one,
                        "UPDATE audit_chain c SET hash = audit_hash((SELECT hash FROM audit_chain p WHERE p.position ="
                                + " c.position - 1), a) FROM audit_log a WHERE a.audit_id = c.audit_id AND"
                                + " a.audit_id = " + one))
                .isNotEmpty()
                .noneMatch(fault -> fault.startsWith(one + " "))
                .allMatch(fault -> fault.endsWith(" changed"));
        assertThat(next).isGreaterThan(one);
    }

    @Test
    void what_is_recorded_at_once_makes_one_chain() throws Exception {
        Shopper admin = Shopper.admin();
        String mark = UUID.randomUUID().toString();
        Together.times(16, i -> {
            QuarkusTransaction.requiringNew().run(() -> {
                audit.record("probe.done", "probe", mark, null, Map.of("i", i));
                audit.record("probe.done", "probe", mark, null, Map.of("i", -i));
            });
            return i;
        });
        verified(admin).body("data.intact", equalTo(true));
        assertThat(admin.request()
                        .get(AUDIT + "?limit=100&entity_type=probe&entity_id=" + mark)
                        .jsonPath()
                        .getList("data.entries"))
                .hasSize(32);
    }

    @Test
    void mail_addresses_do_not_get_into_it() {
        Shopper admin = Shopper.admin();
        String mark = UUID.randomUUID().toString();
        QuarkusTransaction.requiringNew()
                .run(() -> audit.record(
                        "probe.done",
                        "probe",
                        mark,
                        Map.of(
                                "reason",
                                "Ask <Ann.Lee@example.com>, or bob@example.org.",
                                "note",
                                List.of("Broken.\nann@example.com\tcarl@example.org")),
                        null));
        String told = admin.request()
                .get(AUDIT + "?entity_type=probe&entity_id=" + mark)
                .asString();
        assertThat(told)
                .contains("Ask <…@…>, or …@…", "Broken.\\n…@…\\t…@…")
                .doesNotContain("example.com", "example.org");
        given().get(AUDIT).then().statusCode(401);
    }
}
