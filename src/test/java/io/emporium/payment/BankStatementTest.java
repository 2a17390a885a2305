package io.emporium.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.sun.net.httpserver.HttpServer;
import io.emporium.Shopper;
import io.emporium.Together;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shop takes its bank's statements: money is found again, once, and what fits nothing is seen by a person. */
@QuarkusTest
class BankStatementTest extends PaymentScene {
    private static final String STATEMENTS = "/api/v1/payments/bank-statements";

    @TestHTTPResource("/")
    URI door;

    @BeforeEach
    void the_bank_is_healthy() {
        FakeBank.heal();
    }

    /** An order that waits for a transfer, and the reference under which it does. */
    private record Waiting(long orderId, String reference) {}

    private Waiting waiting() {
        long orderId = shopper.order(product, 1, "bank_transfer");
        String reference = shopper.json()
                .body(Map.of("order_id", orderId, "payment_method", "bank_transfer", "payment_details", Map.of()))
                .post("/api/v1/payments/process")
                .then()
                .statusCode(200)
                .extract()
                .path("data.transaction_id");
        return new Waiting(orderId, reference);
    }

    private static Response send(Shopper who, String statement) {
        return who.request()
                .contentType("application/xml")
                .body(statement.getBytes(StandardCharsets.UTF_8))
                .post(STATEMENTS);
    }

    private JsonPath take(String statement) {
        return send(admin, statement).then().statusCode(200).extract().jsonPath();
    }

    private JsonPath take() {
        return take(FakeBank.statement());
    }

    private static List<String> outcomes(JsonPath report, String bankReference) {
        return report.getList("data.entries.findAll { it.bank_reference == '" + bankReference + "' }.outcome");
    }

    private void confirmByHand(String reference) {
        admin.json()
                .body("{\"amount\":49.99}")
                .post("/api/v1/payments/bank-transfers/" + reference + "/confirm")
                .then()
                .statusCode(200);
    }

    /** What is on the list for a person about an entry. */
    private Map<String, Object> issue(String bankReference) {
        String entry = " { it.transaction_id == '" + bankReference + "' }";
        List<Map<String, Object>> found = pageOf(ATTENTION, "data.payments.find" + entry)
                .extract()
                .jsonPath()
                .getList("data.payments.findAll" + entry);
        assertThat(found).hasSizeLessThanOrEqualTo(1);
        return found.isEmpty() ? Map.of() : found.getFirst();
    }

    private String refundReference(long orderId) {
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        number("SELECT count(*) FROM refunds WHERE status = 'pending' AND order_id = " + orderId) == 1);
        return (String) transactions(orderId).getLast().get("transaction_reference");
    }

    // What fits

    @Test
    void the_statement_confirms_what_the_customer_has_transferred() {
        Waiting order = waiting();
        String entry = FakeBank.transfer("49.99", order.reference());

        JsonPath report = take();

        assertThat(outcomes(report, entry)).containsExactly("confirmed");
        String line = "data.entries.find { it.bank_reference == '" + entry + "' }.";
        assertThat(report.getLong(line + "order_id")).isEqualTo(order.orderId());
        assertThat(report.getString(line + "direction")).isEqualTo("credit");
        assertThat(report.getString(line + "amount")).isEqualTo("49.99");
        assertThat(report.getInt("data.counts.confirmed")).isPositive();
        assertThat(report.getString("message")).startsWith("Took ");
        assertOrder(order.orderId(), "confirmed", "completed");
        assertThat(events("payment.completed", order.orderId())).isEqualTo(1);
        assertThat(issue(entry)).isEmpty();
        assertThat(number("SELECT count(*) FROM audit_log a JOIN bank_entries e ON a.entity_id = e.entry_id::text"
                        + " WHERE a.action = 'bank_entry.taken' AND e.bank_reference = '" + entry
                        + "' AND a.actor_id = " + admin.userId))
                .isEqualTo(1);
        // Who has paid is nobody's business where there is nothing to find out.
        assertThat(number("SELECT count(*) FROM bank_entries WHERE counterparty IS NULL AND remittance IS NULL AND"
                        + " counterparty_iban IS NULL AND bank_reference = '" + entry + "'"))
                .isEqualTo(1);
    }

    @Test
    void the_same_statement_ten_times_at_once_and_once_more_takes_the_money_once() {
        Waiting order = waiting();
        String entry = FakeBank.transfer("49.99", order.reference());
        String stranger = FakeBank.transfer("7.00", "for the cake");
        String statement = FakeBank.statement();

        List<JsonPath> reports = Together.times(10, i -> take(statement));

        for (Map.Entry<String, String> taken :
                Map.of(entry, "confirmed", stranger, "unknown_reference").entrySet()) {
            List<String> each = new ArrayList<>();
            reports.forEach(report -> each.addAll(outcomes(report, taken.getKey())));
            assertThat(each).hasSize(10).containsOnlyOnce(taken.getValue()).contains("already_taken");
            assertThat(each).containsOnly(taken.getValue(), "already_taken");
        }
        JsonPath again = take(statement);
        assertThat(outcomes(again, entry)).containsExactly("already_taken");
        assertThat(again.getString("data.entries.find { it.bank_reference == '" + entry + "' }.taken_as"))
                .isEqualTo("confirmed");
        assertThat(events("payment.completed", order.orderId())).isEqualTo(1);
        assertThat(events("order.confirmed", order.orderId())).isEqualTo(1);
        assertThat(issue(stranger)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"spaced", "lower_case", "in_text"})
    void a_reference_is_found_however_it_was_written(String how) {
        Waiting order = waiting();
        FakeBank.set("reference", how);
        String entry = FakeBank.transfer("49.99", order.reference());

        assertThat(outcomes(take(), entry)).containsExactly("confirmed");

        assertOrder(order.orderId(), "confirmed", "completed");
    }

    @Test
    void what_is_only_announced_waits_until_it_is_booked() {
        Waiting order = waiting();
        FakeBank.set("booking", "late");
        String entry = FakeBank.transfer("49.99", order.reference());

        assertThat(outcomes(take(), entry)).containsExactly("not_booked");
        assertOrder(order.orderId(), "pending", "pending_verification");

        FakeBank.entry(entry, "book");
        assertThat(outcomes(take(), entry)).containsExactly("confirmed");
        assertOrder(order.orderId(), "confirmed", "completed");
    }

    @Test
    void an_entry_that_the_bank_delivers_twice_is_taken_once() {
        Waiting order = waiting();
        String entry = FakeBank.transfer("49.99", order.reference());
        FakeBank.entry(entry, "repeat");

        assertThat(outcomes(take(), entry)).containsExactly("confirmed", "already_taken");
        assertThat(outcomes(take(FakeBank.statement("camt.054.001.08")), entry))
                .containsExactly("already_taken", "already_taken");

        assertThat(issue(entry)).isEmpty();
    }

    @Test
    void without_a_reference_of_the_banks_two_alike_are_two_and_the_same_statement_is_the_same() {
        Waiting order = waiting();
        FakeBank.set("bank_reference", false);
        FakeBank.transfer("49.99", order.reference());
        FakeBank.transfer("49.99", order.reference());
        String statement = FakeBank.statement();
        String mine = "data.entries.findAll { it.order_id == " + order.orderId() + " }.";

        JsonPath first = take(statement);
        assertThat(first.<String>getList(mine + "outcome")).containsExactly("confirmed", "paid_twice");
        assertThat(first.<String>getList(mine + "bank_reference"))
                .doesNotHaveDuplicates()
                .allMatch(reference -> reference.startsWith("hash:"));
        assertThat(take(statement).<String>getList(mine + "outcome")).containsExactly("already_taken", "already_taken");
    }

    @Test
    void a_notification_and_an_older_statement_are_read_too() {
        Waiting first = waiting();
        FakeBank.transfer("49.99", first.reference());
        take(FakeBank.statement("camt.054.001.08"));
        assertOrder(first.orderId(), "confirmed", "completed");

        Waiting second = waiting();
        String entry = FakeBank.transfer("49.99", second.reference());
        JsonPath report = take(statement("camt.053.001.02", """
                <Ntry><Amt Ccy="USD">49.990</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
                <BookgDt><DtTm>2026-11-25T09:30:00+01:00</DtTm></BookgDt><AcctSvcrRef>%s</AcctSvcrRef>
                <NtryDtls><TxDtls><RltdPties><Dbtr><Nm>Ada</Nm></Dbtr></RltdPties><RmtInf><Ustrd>%s</Ustrd>
                <Ustrd>%s</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
                """.formatted(
                entry, second.reference().substring(0, 9), second.reference().substring(9))));
        assertThat(outcomes(report, entry)).containsExactly("confirmed");
        assertOrder(second.orderId(), "confirmed", "completed");
    }

    @Test
    void a_batch_pays_each_of_its_orders() {
        Waiting first = waiting();
        Waiting second = waiting();
        String one = FakeBank.transfer("49.99", first.reference());
        String two = FakeBank.transfer("49.99", second.reference());
        String batch = """
                <Ntry><Amt Ccy="USD">%s</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><AcctSvcrRef>%s</AcctSvcrRef>
                <NtryDtls><TxDtls><Refs><AcctSvcrRef>%s</AcctSvcrRef></Refs><Amt Ccy="USD">49.99</Amt>
                <RmtInf><Strd><CdtrRefInf><Ref>%s</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>
                <TxDtls><Refs><AcctSvcrRef>%s</AcctSvcrRef></Refs><Amt Ccy="USD">49.99</Amt>
                <RmtInf><Strd><CdtrRefInf><Ref>%s</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry>
                """;

        // Of a batch that does not add up nobody can say what came.
        String wrong = "BATCH" + one;
        JsonPath report = take(statement(
                "camt.053.001.08", batch.formatted("99.00", wrong, one, first.reference(), two, second.reference())));
        assertThat(outcomes(report, wrong)).containsExactly("unknown_reference");
        assertOrder(first.orderId(), "pending", "pending_verification");

        String right = statement(
                "camt.053.001.08", batch.formatted("99.98", wrong, one, first.reference(), two, second.reference()));
        report = take(right);
        assertThat(outcomes(report, one)).containsExactly("confirmed");
        assertThat(outcomes(report, two)).containsExactly("confirmed");
        assertThat(outcomes(take(right), one)).containsExactly("already_taken");
        assertOrder(first.orderId(), "confirmed", "completed");
        assertOrder(second.orderId(), "confirmed", "completed");
    }

    // What fits nothing

    @Test
    void another_amount_is_noted_and_listed_and_the_order_still_waits() {
        Waiting order = waiting();
        FakeBank.set("amount_off", "-0.01");
        String entry = FakeBank.transfer("49.99", order.reference());

        assertThat(outcomes(take(), entry)).containsExactly("wrong_amount");

        assertOrder(order.orderId(), "pending", "pending_verification");
        String awaited = "data.transfers.find { it.order_id == " + order.orderId() + " }";
        pageOf("/api/v1/payments/bank-transfers", awaited).body(awaited + ".reported_amount", equalTo(49.98f));
        assertThat(issue(entry))
                .containsEntry("reason", "amount_mismatch")
                .containsEntry("type", "bank_entry")
                .containsEntry("order_id", (int) order.orderId())
                .containsEntry("amount", 49.98f);

        FakeBank.heal();
        String right = FakeBank.transfer("49.99", order.reference());
        assertThat(outcomes(take(), right)).containsExactly("confirmed");
        // The first money is still nobody's.
        assertThat(issue(entry)).isNotEmpty();
    }

    @Test
    void an_amount_that_is_no_money_of_ours_is_listed_too() {
        Waiting order = waiting();
        String amounts = "";
        for (String amount : List.of("49.991", "0", "999999999999999999")) {
            amounts += """
                    <Ntry><Amt Ccy="USD">%s</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><AcctSvcrRef>%s</AcctSvcrRef>
                    <NtryDtls><TxDtls><RmtInf><Ustrd>%s</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
                    """.formatted(amount, order.reference() + "-" + amount, order.reference());
        }
        JsonPath report = take(statement("camt.053.001.08", amounts));

        assertThat(report.<String>getList("data.entries.outcome"))
                .containsExactly("wrong_amount", "wrong_amount", "wrong_amount");
        assertThat(issue(order.reference() + "-49.991")).containsEntry("amount", 49.991f);
        assertOrder(order.orderId(), "pending", "pending_verification");
        // None of it is at the bank.
        sql(
                "DELETE FROM payment_issues WHERE bank_entry_id IN (SELECT entry_id FROM bank_entries WHERE bank_reference LIKE '"
                        + order.reference() + "-%')");
        sql("DELETE FROM bank_entries WHERE bank_reference LIKE '" + order.reference() + "-%'");
    }

    @Test
    void another_currency_is_listed_and_pays_nothing() {
        Waiting order = waiting();
        FakeBank.set("currency", "EUR");
        String entry = FakeBank.transfer("49.99", order.reference());

        assertThat(outcomes(take(), entry)).containsExactly("wrong_currency");

        assertOrder(order.orderId(), "pending", "pending_verification");
        assertThat(issue(entry)).containsEntry("reason", "wrong_currency").containsEntry("currency", "EUR");
    }

    @Test
    void money_that_belongs_to_nobody_is_listed_with_who_sent_it_and_what_they_wrote() {
        Waiting order = waiting();
        FakeBank.set("reference", "dropped");
        String silent = FakeBank.transfer("49.99", order.reference());
        FakeBank.heal();
        String both = FakeBank.transfer(
                "99.98", order.reference() + " and " + waiting().reference());
        String careless = FakeBank.transfer("12.00", "my card is 4000 0566 5566 5556 & <b>RF18539007547034</b>");

        JsonPath report = take();

        for (String entry : List.of(silent, both, careless)) {
            assertThat(outcomes(report, entry)).containsExactly("unknown_reference");
            assertThat(issue(entry))
                    .containsEntry("reason", "unknown_reference")
                    .doesNotContainKeys("order_id", "order_number", "transaction_reference", "status");
            assertThat(issue(entry).get("details").toString())
                    .contains("Ada Lovelace", FakeBank.CUSTOMERS_IBAN, "came on 20");
        }
        assertThat(issue(careless).get("details").toString())
                .contains("12.00 USD", "my card is ****")
                .doesNotContain("4000", "5556");
        assertOrder(order.orderId(), "pending", "pending_verification");

        int id = (int) issue(silent).get("issue_id");
        admin.json()
                .body(Map.of("note", "Sent back to Ada"))
                .post("/api/v1/admin/payments/attention/" + id + "/resolve")
                .then()
                .statusCode(200)
                .body("data.note", equalTo("Sent back to Ada"));
        assertThat(issue(silent)).isEmpty();
        take();
        assertThat(issue(silent)).isEmpty();
    }

    @Test
    void a_second_payment_of_a_paid_order_is_listed() {
        Waiting order = waiting();
        FakeBank.transfer("49.99", order.reference());
        take();
        String second = FakeBank.transfer("49.99", order.reference());
        String third = FakeBank.transfer("10.00", order.reference());

        JsonPath report = take();

        assertThat(outcomes(report, second)).containsExactly("paid_twice");
        assertThat(outcomes(report, third)).containsExactly("paid_twice");
        assertThat(issue(second)).containsEntry("reason", "captured_twice").containsEntry("order_id", (int)
                order.orderId());
        assertThat(issue(third)).isNotEmpty();
        assertThat(events("payment.completed", order.orderId())).isEqualTo(1);
    }

    @Test
    void a_reversal_is_listed_and_takes_nothing_back_by_itself() {
        Waiting order = waiting();
        String entry = FakeBank.transfer("49.99", order.reference());
        take();
        String reversal = FakeBank.entry(entry, "reverse");

        assertThat(outcomes(take(), reversal)).containsExactly("reversed");

        assertOrder(order.orderId(), "confirmed", "completed");
        assertThat(issue(reversal))
                .containsEntry("reason", "reversed")
                .containsEntry("order_id", (int) order.orderId())
                .containsEntry("amount", -49.99f);
    }

    // An admin's word, and the bank's

    @Test
    void what_an_admin_has_confirmed_the_bank_confirms_and_more_is_paid_twice() {
        Waiting order = waiting();
        String entry = FakeBank.transfer("49.99", order.reference());
        confirmByHand(order.reference());

        assertThat(outcomes(take(), entry)).containsExactly("already_confirmed");
        assertThat(issue(entry)).isEmpty();

        String second = FakeBank.transfer("49.99", order.reference());
        assertThat(outcomes(take(), second)).containsExactly("paid_twice");
        assertThat(events("payment.completed", order.orderId())).isEqualTo(1);
    }

    @Test
    void an_admin_and_the_bank_at_once_confirm_it_once() {
        Waiting order = waiting();
        FakeBank.transfer("49.99", order.reference());
        String statement = FakeBank.statement();

        List<Integer> answers = Together.times(
                6,
                i -> i % 2 == 0
                        ? send(admin, statement).statusCode()
                        : admin.json()
                                .body("{\"amount\":49.99}")
                                .post("/api/v1/payments/bank-transfers/" + order.reference() + "/confirm")
                                .statusCode());

        assertThat(answers).contains(200).isSubsetOf(200, 409);
        assertOrder(order.orderId(), "confirmed", "completed");
        assertThat(events("payment.completed", order.orderId())).isEqualTo(1);
    }

    // Money that goes back

    @Test
    void money_that_comes_too_late_goes_back_and_the_statement_says_when() {
        Waiting order = waiting();
        cancel(shopper, order.orderId());
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(
                                transactions(order.orderId()).getFirst().get("status"))
                        .isEqualTo("cancelled"));
        String entry = FakeBank.transfer("49.99", order.reference());
        assertThat(outcomes(take(), entry)).containsExactly("came_too_late");
        assertOrder(order.orderId(), "cancelled", "completed");

        String back = FakeBank.payout("49.99", "Refund " + refundReference(order.orderId()));
        String statement = FakeBank.statement();
        List<JsonPath> reports = Together.times(5, i -> take(statement));

        List<String> outcomes = new ArrayList<>();
        reports.forEach(report -> outcomes.addAll(outcomes(report, back)));
        assertThat(outcomes).containsOnlyOnce("refund_transferred").contains("already_taken");
        assertOrder(order.orderId(), "cancelled", "refunded");
        assertThat(events("refund.succeeded", order.orderId())).isEqualTo(1);
        assertThat(issue(back)).isEmpty();
    }

    @Test
    void a_refund_is_transferred_by_its_amount_and_once() {
        Waiting order = waiting();
        FakeBank.transfer("49.99", order.reference());
        FakeBank.transfer("100.00", "of another customer");
        take();
        refund(shopper, order.orderId(), "10.00").then().statusCode(200);
        String reference = refundReference(order.orderId());

        // Banks know no underscore, and some no lower case.
        String wrong = FakeBank.payout("9.99", reference.replace('_', ' '));
        assertThat(outcomes(take(), wrong)).containsExactly("wrong_amount");
        assertThat(issue(wrong)).containsEntry("reason", "amount_mismatch").containsEntry("amount", -9.99f);
        assertOrder(order.orderId(), "confirmed", "completed");

        String right = FakeBank.payout("10.00", reference.replace("_", "").toUpperCase(java.util.Locale.ROOT));
        assertThat(outcomes(take(), right)).containsExactly("refund_transferred");
        assertOrder(order.orderId(), "confirmed", "partially_refunded");

        String twice = FakeBank.payout("10.00", reference);
        assertThat(outcomes(take(), twice)).containsExactly("paid_twice");
        assertThat(issue(twice)).containsEntry("reason", "captured_twice").containsEntry("type", "bank_entry");
        assertThat(events("refund.succeeded", order.orderId())).isEqualTo(1);
    }

    @Test
    void what_an_admin_has_said_was_transferred_the_bank_says_too() {
        Waiting order = waiting();
        FakeBank.transfer("49.99", order.reference());
        take();
        refund(shopper, order.orderId(), "49.99").then().statusCode(200);
        String back = FakeBank.payout("49.99", refundReference(order.orderId()));
        int refund = (int) number("SELECT refund_id FROM refunds WHERE order_id = " + order.orderId());
        admin.json()
                .post("/api/v1/refund-requests/" + refund + "/transferred")
                .then()
                .statusCode(200);

        assertThat(outcomes(take(), back)).containsExactly("refund_already_transferred");
        assertThat(issue(back)).isEmpty();
        assertOrder(order.orderId(), "cancelled", "refunded");
    }

    @Test
    void other_debits_are_the_shops_own_affair_but_a_refund_that_nobody_knows_is_listed() {
        Waiting order = waiting();
        FakeBank.transfer("49.99", order.reference());
        take();
        String rent = FakeBank.payout("1.00", "rent, November");
        String unknown = FakeBank.payout("2.00", "ref_00112233445566778899aabbccddeeff");

        JsonPath report = take();

        assertThat(outcomes(report, rent)).containsExactly("other_debit");
        assertThat(issue(rent)).isEmpty();
        assertThat(outcomes(report, unknown)).containsExactly("unknown_reference");
        assertThat(issue(unknown)).containsEntry("reason", "unknown_reference");
    }

    // Documents, and who sends them

    @Test
    void only_an_admin_sends_statements() {
        Waiting order = waiting();
        String statement = FakeBank.statement();

        send(shopper, statement).then().statusCode(403).body("error.code", equalTo("FORBIDDEN"));
        RestAssured.given()
                .contentType("application/xml")
                .body(statement)
                .post(STATEMENTS)
                .then()
                .statusCode(401);
        assertOrder(order.orderId(), "pending", "pending_verification");
    }

    @Test
    void a_statement_of_another_account_changes_nothing() {
        Waiting order = waiting();
        FakeBank.transfer("49.99", order.reference());
        String ours = FakeBank.statement();
        String theirs = ours.replace(FakeBank.IBAN, FakeBank.CUSTOMERS_IBAN);
        int account = ours.indexOf("<Stmt>");
        // Ours, and then another.
        String both = ours.replace("</Stmt>", "</Stmt>" + theirs.substring(account, theirs.indexOf("</Stmt>") + 7));

        for (String statement : List.of(theirs, both, ours.replaceAll("<Acct>.*</Acct>", ""))) {
            send(admin, statement)
                    .then()
                    .statusCode(400)
                    .body("error.code", equalTo("VALIDATION_ERROR"))
                    .body("error.details.fields[0].field", containsString("Stmt"));
            assertOrder(order.orderId(), "pending", "pending_verification");
        }
        take(ours.replace(FakeBank.IBAN, "de89 3704 0044 0532 0130 00"));
        assertOrder(order.orderId(), "confirmed", "completed");
    }

    @Test
    void what_is_no_statement_changes_nothing() throws IOException {
        Waiting order = waiting();
        FakeBank.transfer("49.99", order.reference());
        String good = FakeBank.statement();
        long before = number("SELECT count(*) FROM bank_entries");
        AtomicInteger asked = new AtomicInteger();
        HttpServer elsewhere = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        elsewhere.createContext("/", exchange -> {
            asked.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        elsewhere.start();
        String there = "http://127.0.0.1:" + elsewhere.getAddress().getPort() + "/x.dtd";
        String laughs = "<!ENTITY l0 \"ha\">";
        for (int i = 1; i < 10; i++) {
            laughs += "<!ENTITY l" + i + " \"" + ("&l" + (i - 1) + ";").repeat(10) + "\">";
        }
        List<String> bad = List.of(
                "",
                " ",
                "{\"entries\":[]}",
                "no XML",
                "<",
                "<Document/>",
                "<html><body>502</body></html>",
                good.substring(0, good.length() / 2),
                good.substring(0, good.length() - 5),
                good + "<more/>",
                good.replace("camt.053.001.08", "camt.052.001.08"),
                good.replace("camt.053.001.08", "pain.001.001.09"),
                good.replace("urn:iso:std:iso:20022:tech:xsd:", ""),
                good.replaceAll("(?s)<Stmt>.*</Stmt>", ""),
                good.replace("encoding=\"UTF-8\"", "encoding=\"UTF-16\""),
                good.replace("encoding=\"UTF-8\"", "encoding=\"none-such\""),
                good.replace("version=\"1.0\"", "version=\"7\""),
                good.replace("<CreDtTm>", "<CreDtTm>&nothing;"),
                good.replace("<CreDtTm>", "<CreDtTm>\u0001"),
                good.replace("<CreDtTm>", "<CreDtTm>" + "x".repeat(3_000)),
                good.replace("<GrpHdr>", "<a>".repeat(100_000)),
                typed(good, "<!DOCTYPE Document>", ""),
                typed(good, "<!DOCTYPE Document SYSTEM \"" + there + "\">", ""),
                typed(good, "<!DOCTYPE Document [<!ENTITY x SYSTEM \"" + there + "\">]>", "&x;"),
                typed(good, "<!DOCTYPE Document [<!ENTITY % x SYSTEM \"" + there + "\"> %x;]>", ""),
                typed(good, "<!DOCTYPE Document [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>", "&x;"),
                typed(good, "<!DOCTYPE Document [" + laughs + "]>", "&l9;"));

        for (String document : bad) {
            Response answer = send(admin, document);
            assertThat(answer.statusCode())
                    .as(document.substring(0, Math.min(300, document.length())))
                    .isEqualTo(400);
            assertThat(answer.<String>path("error.code")).isEqualTo("MALFORMED_REQUEST");
            assertThat(answer.asString()).doesNotContain("root:", "javax", "Exception", "127.0.0.1");
        }
        byte[] latin = good.replace("Ada", "Zoë").getBytes(StandardCharsets.ISO_8859_1);
        admin.request()
                .contentType("application/xml")
                .body(latin)
                .post(STATEMENTS)
                .then()
                .statusCode(400)
                .body("error.code", equalTo("MALFORMED_REQUEST"));
        elsewhere.stop(0);

        assertThat(asked).hasValue(0);
        assertThat(number("SELECT count(*) FROM bank_entries")).isEqualTo(before);
        assertOrder(order.orderId(), "pending", "pending_verification");

        byte[] declared = good.replace("encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\"")
                .replace("Ada", "Zoë")
                .getBytes(StandardCharsets.ISO_8859_1);
        admin.request()
                .contentType("text/xml; charset=ISO-8859-1")
                .body(declared)
                .post(STATEMENTS)
                .then()
                .statusCode(200);
        assertOrder(order.orderId(), "confirmed", "completed");
    }

    private static String typed(String statement, String type, String reference) {
        return statement.replace("?>\n", "?>" + type).replace("<CreDtTm>", "<CreDtTm>" + reference);
    }

    @Test
    void other_content_types_are_refused() {
        for (String type : List.of("application/json", "text/plain", "application/octet-stream", "text/csv")) {
            admin.request()
                    .contentType(type)
                    .body("<Document/>".getBytes(StandardCharsets.UTF_8))
                    .post(STATEMENTS)
                    .then()
                    .statusCode(415)
                    .body("error.code", equalTo("UNSUPPORTED_MEDIA_TYPE"));
        }
    }

    @Test
    void a_body_is_at_most_8_mb_long_and_has_at_most_10000_entries() throws IOException {
        Waiting order = waiting();
        FakeBank.transfer("49.99", order.reference());
        String good = FakeBank.statement();
        send(admin, good.replace("<CreDtTm>", " ".repeat(8 * 1024 * 1024) + "<CreDtTm>"))
                .then()
                .statusCode(413)
                .body("error.code", equalTo("PAYLOAD_TOO_LARGE"))
                .body("error.details.max_bytes", equalTo(8 * 1024 * 1024));
        String many = "<Ntry><Amt Ccy=\"USD\">1</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts></Ntry>".repeat(10_001);
        send(admin, good.replace("</Stmt>", many + "</Stmt>"))
                .then()
                .statusCode(413)
                .body("error.details.max_entries", equalTo(10_000));
        assertThat(chunked(good, 50)).startsWith("HTTP/1.1 413").contains("PAYLOAD_TOO_LARGE", "8192 KB");
        assertOrder(order.orderId(), "pending", "pending_verification");

        // More than 256 KB is none too many.
        send(admin, good.replace("<CreDtTm>", " ".repeat(1024 * 1024) + "<CreDtTm>"))
                .then()
                .statusCode(200);
        assertOrder(order.orderId(), "confirmed", "completed");
    }

    /** The statement up to its end, and so many MB of spaces, for whose length nobody vouches. */
    private String chunked(String statement, int megabytes) throws IOException {
        try (Socket client = new Socket("127.0.0.1", door.getPort())) {
            client.setSoTimeout(20_000);
            OutputStream out = client.getOutputStream();
            byte[] start = statement.substring(0, statement.indexOf("</Stmt>")).getBytes(StandardCharsets.UTF_8);
            out.write(("POST " + STATEMENTS + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + admin.token
                            + "\r\nContent-Type: application/xml\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + Integer.toHexString(start.length) + "\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            out.write(start);
            out.write("\r\n".getBytes(StandardCharsets.UTF_8));
            byte[] chunk = ("10000\r\n" + " ".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.UTF_8);
            try {
                for (int i = 0; i < megabytes * 16 && client.getInputStream().available() == 0; i++) {
                    out.write(chunk);
                }
            } catch (SocketException cut) {
                // It hung up on us, as it said.
            }
            byte[] answer = new byte[4096];
            int length = client.getInputStream().read(answer);
            return new String(answer, 0, Math.max(0, length), StandardCharsets.UTF_8);
        }
    }

    @Test
    void an_entry_with_which_something_is_wrong_does_not_stop_the_others() {
        Waiting order = waiting();
        String entry = FakeBank.transfer("49.99", order.reference());
        String good = FakeBank.statement();
        String odd = """
                <Ntry><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><AcctSvcrRef>NO-AMOUNT</AcctSvcrRef></Ntry>
                <Ntry><Amt Ccy="USD">-1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts></Ntry>
                <Ntry><Amt Ccy="dollars">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts></Ntry>
                <Ntry><Amt Ccy="USD">1</Amt><CdtDbtInd>LEFT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts></Ntry>
                <Ntry><Amt Ccy="USD">1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>
                <Ntry><Amt Ccy="USD">1</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><AcctSvcrRef>POISON</AcctSvcrRef></Ntry>
                """;
        sql("ALTER TABLE bank_entries ADD CONSTRAINT poison CHECK (bank_reference <> 'POISON') NOT VALID");
        try {
            JsonPath report = take(good.replaceFirst("<Ntry>", odd.replace("\n", "") + "<Ntry>"));

            assertThat(report.getInt("data.counts.unreadable")).isEqualTo(5);
            assertThat(outcomes(report, "NO-AMOUNT")).containsExactly("unreadable");
            assertThat(outcomes(report, "POISON")).containsExactly("failed");
            assertThat(outcomes(report, entry)).containsExactly("confirmed");
        } finally {
            sql("ALTER TABLE bank_entries DROP CONSTRAINT poison");
        }
        assertOrder(order.orderId(), "confirmed", "completed");
    }

    // The bank itself

    @ParameterizedTest
    @ValueSource(strings = {"http_500", "close"})
    void a_customer_whose_bank_heard_nothing_pays_once(String kind) {
        Waiting order = waiting();
        String key = "transfer-" + order.reference();
        for (String when : List.of("before", "after")) {
            FakeBank.fault("POST", "/transfers", when, kind, 1);
            int status;
            try {
                status = FakeBank.transfer("49.99", order.reference(), key).statusCode();
            } catch (Exception cut) {
                status = 0;
            }
            // A client may send what got no answer once more by itself.
            assertThat(status).isIn(500, 0, 201);
        }
        FakeBank.transfer("49.99", order.reference(), key).then().statusCode(201);
        assertThat(FakeBank.ledger()
                        .<Object>getList("entries.findAll { it.remittance == '" + order.reference() + "' }"))
                .hasSize(1);
        FakeBank.fault("GET", "/statements", "before", "http_500", 1);
        RestAssured.given()
                .get(org.eclipse.microprofile.config.ConfigProvider.getConfig().getValue("BANK_API_BASE", String.class)
                        + "/statements")
                .then()
                .statusCode(500);
        take();
        assertOrder(order.orderId(), "confirmed", "completed");
    }

    private static String statement(String version, String entries) {
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <Document xmlns="urn:iso:std:iso:20022:tech:xsd:%s"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr>
                <Stmt><Id>1</Id><Acct><Id><IBAN>%s</IBAN></Id></Acct>%s</Stmt></BkToCstmrStmt></Document>
                """.formatted(version, FakeBank.IBAN, entries);
    }
}
