package io.emporium.identity;

import static io.emporium.identity.Customers.PASSWORD;
import static io.emporium.identity.Customers.aCustomer;
import static io.emporium.identity.Customers.newEmail;
import static io.emporium.identity.Customers.nobody;
import static io.emporium.identity.Customers.with;
import static io.emporium.identity.OpenId.IDENTITIES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.emporium.LocalServerSwitch;
import io.emporium.Shopper;
import io.emporium.Together;
import io.emporium.identity.Customers.Customer;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.smallrye.faulttolerance.api.CircuitBreakerMaintenance;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Signing in at another provider with OpenID Connect (docs/accounts.md). */
@QuarkusTest
class OidcTest {
    @Inject
    Rows rows;

    @Inject
    OidcFlows flows;

    @Inject
    CircuitBreakerMaintenance breakers;

    @BeforeEach
    @AfterEach
    void heal() {
        OpenId.heal();
        breakers.resetAll();
    }

    private static void refused(Response answer, int status, String code) {
        answer.then().statusCode(status).body("error.code", equalTo(code));
    }

    private static void notLinked(Response answer, String reason) {
        answer.then()
                .statusCode(409)
                .body("error.code", equalTo("IDENTITY_NOT_LINKED"))
                .body("error.details.reason", equalTo(reason));
    }

    private static Customer signedIn(Response answer) {
        answer.then()
                .statusCode(200)
                .header("Cache-Control", equalTo("no-store"))
                .body("data.refresh_token", matchesPattern("[\\w-]{43}"));
        Customer customer = new Customer(
                answer.jsonPath().getLong("data.user.user_id"),
                answer.path("data.user.email"),
                answer.path("data.token"),
                answer.path("data.refresh_token"));
        customer.asks().get("/api/v1/users/me").then().statusCode(200);
        return customer;
    }

    private Customer aVerifiedCustomer() {
        Customer customer = aCustomer();
        rows.update("UPDATE users SET email_verified_at = now() WHERE user_id = ?", customer.userId());
        return customer;
    }

    private void appoint(Customer customer, String role) {
        rows.update("UPDATE users SET role = ? WHERE user_id = ?", role, customer.userId());
    }

    private long accounts(String email) {
        return rows.count("SELECT count(*) FROM users WHERE email = ?::citext", email);
    }

    private static Response link(Customer customer, OpenId id, Map<String, String> proof) {
        return customer.asks().body(id.goAndComeBack().with(proof)).post(IDENTITIES);
    }

    private static Response login(String email, String password) {
        return nobody().body(Map.of("email", email, "password", password)).post("/api/v1/auth/login");
    }

    private static long identityOf(Customer customer) {
        return customer.asks()
                .get(IDENTITIES)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getLong("data.identities[0].identity_id");
    }

    @Test
    void whoever_comes_for_the_first_time_gets_an_account_and_the_next_time_the_same() {
        OpenId ada = OpenId.of(newEmail());
        Customer first = signedIn(ada.signIn());
        assertThat(first.email()).isEqualTo(ada.email());
        first.asks()
                .get("/api/v1/users/me")
                .then()
                .body("data.email_verified", equalTo(true))
                .body("data.first_name", equalTo("Ada"))
                .body("data.role", equalTo("customer"));
        // By subject and not by address: the provider's person has another one now.
        Customer again = signedIn(new OpenId(ada.subject(), newEmail(), false).signIn());
        assertThat(again.userId()).isEqualTo(first.userId());
        assertThat(again.email()).isEqualTo(ada.email());
        first.asks()
                .get(IDENTITIES)
                .then()
                .body("data.identities", hasSize(1))
                .body("data.identities[0].issuer", equalTo(OpenId.issuer()))
                .body("data.identities[0].is_confirmed", equalTo(false));
        assertThat(new MailsTo(ada.email()).of(MailsTo.VERIFY)).isEmpty();
    }

    @Test
    void the_way_there_is_told_whole_and_its_secrets_stand_nowhere() {
        Response begun = OpenId.start();
        begun.then()
                .statusCode(200)
                .header("Cache-Control", equalTo("no-store"))
                .body("data.expires_in", equalTo(600))
                .body("data.flow", matchesPattern("[\\w-]{43}"));
        String page = begun.path("data.authorization_url");
        assertThat(page)
                .startsWith(OpenId.issuer() + "/authorize?response_type=code&client_id=emporium_local&redirect_uri=")
                .contains("&scope=openid+email+profile&", "&code_challenge_method=S256")
                .containsPattern("&state=[\\w-]{43}&nonce=[\\w-]{43}&code_challenge=[\\w-]{43}&")
                .doesNotContain(begun.<String>path("data.flow"));
        String state = page.replaceFirst(".*&state=([\\w-]+).*", "$1");
        assertThat(rows.columnsWith(begun.path("data.flow"))).isEmpty();
        assertThat(rows.columnsWith(state)).isEmpty();
    }

    @Test
    void people_are_sent_back_only_to_where_the_list_says() {
        String good = OpenId.redirectUri();
        for (String other : List.of(
                good + "/",
                good + "?x=1",
                good + "k",
                good.replace("/back", "/"),
                good.replace("http://", "http://evil@"),
                "https://evil.example/?" + good,
                good.toUpperCase(Locale.ROOT))) {
            nobody().body(Map.of("redirect_uri", other))
                    .post(OpenId.START)
                    .then()
                    .statusCode(400)
                    .body("error.details.fields.field", hasItem("redirect_uri"));
        }
        nobody().body(Map.of("redirect_uri", "emporium://signed-in"))
                .post(OpenId.START)
                .then()
                .statusCode(200);
    }

    @Test
    void a_sign_in_ends_once_by_whoever_began_it_and_in_time() throws Exception {
        OpenId ada = OpenId.of(newEmail());
        OpenId.Back hers = ada.goAndComeBack();
        String strangersFlow = OpenId.start().path("data.flow");
        // Somebody else's client is led to where she came back (login CSRF), and that does not end hers.
        refused(new OpenId.Back(strangersFlow, hers.state(), hers.code()).finish(), 401, "INVALID_TOKEN");
        refused(new OpenId.Back(hers.flow(), "x".repeat(43), hers.code()).finish(), 401, "INVALID_TOKEN");
        List<Integer> statuses = AtOnce.times(5, i -> hers.finish().statusCode());
        assertThat(statuses).containsExactlyInAnyOrder(200, 401, 401, 401, 401);
        refused(hers.finish(), 401, "INVALID_TOKEN");
        // The provider takes a code once, and for the sign-in that it was given to alone.
        OpenId.Back next = ada.goAndComeBack();
        refused(new OpenId.Back(next.flow(), next.state(), hers.code()).finish(), 401, "INVALID_TOKEN");
        OpenId.Back injected = ada.goAndComeBack();
        OpenId.Back other = ada.goAndComeBack();
        refused(new OpenId.Back(other.flow(), other.state(), injected.code()).finish(), 401, "INVALID_TOKEN");

        OpenId.Back late = ada.goAndComeBack();
        rows.update(
                "UPDATE oidc_flows SET expires_at = now() - interval '1 s' WHERE flow_hash = ?",
                Secrets.hash(late.flow()));
        refused(late.finish(), 401, "INVALID_TOKEN");
        flows.forget();
        assertThat(rows.count("SELECT count(*) FROM oidc_flows WHERE expires_at < now()"))
                .isZero();
    }

    @Test
    void an_id_token_that_is_wrong_in_any_way_is_not_believed() {
        long now = Instant.now().getEpochSecond();
        Map<String, Map<String, ?>> lies = new HashMap<>();
        lies.put("another sign-in's nonce", claims("nonce", "n".repeat(43)));
        lies.put("no nonce", claims("nonce", null));
        lies.put("another client's", claims("aud", "another_client"));
        lies.put("nobody's", claims("aud", null));
        lies.put("of several, and nobody says for whom", claims("aud", List.of("emporium_local", "another_client")));
        lies.put("given to another client", claims("azp", "another_client"));
        lies.put("another provider's", claims("iss", "https://accounts.example"));
        lies.put("no provider's", claims("iss", null));
        lies.put("expired", claims("exp", now - 120));
        lies.put("without end", claims("exp", null));
        lies.put("of an hour ago", claims("iat", now - 3_600));
        lies.put("of tomorrow", claims("iat", now + 86_400));
        lies.put("of no time", claims("iat", null));
        lies.put("about nobody", claims("sub", null));
        lies.put("about a name that is none", claims("sub", "a\nb"));
        lies.put("about a long name", claims("sub", "s".repeat(256)));
        lies.put("by a key that is not shown", Map.of("signed_by", "unknown_key"));
        lies.put("unsigned", Map.of("signed_by", "none"));
        lies.put("by an HMAC of the public key", Map.of("signed_by", "HS256"));
        List<String> believed = new ArrayList<>();
        OpenId ada = OpenId.of(newEmail());
        lies.forEach((what, lie) -> {
            OpenId.provider(lie);
            Response answer = ada.signIn();
            if (answer.statusCode() != 401 || !"INVALID_TOKEN".equals(answer.path("error.code"))) {
                believed.add(what + ": " + answer.statusCode() + " " + answer.asString());
            }
        });
        assertThat(believed).isEmpty();
        assertThat(accounts(ada.email())).isZero();
        OpenId.provider(
                Map.of("claims", Map.of("aud", List.of("emporium_local", "another_client"), "azp", "emporium_local")));
        signedIn(ada.signIn());
    }

    private static Map<String, ?> claims(String name, Object value) {
        Map<String, Object> claims = new HashMap<>();
        claims.put(name, value);
        return Map.of("claims", claims);
    }

    @Test
    void the_provider_may_change_its_key() {
        OpenId ada = OpenId.of(newEmail());
        signedIn(ada.signIn());
        for (int i = 0; i < 3; i++) {
            OpenId.Back back = ada.goAndComeBack();
            OpenId.provider(Map.of("rotate", true));
            // jose4j does not ask again for keys that it has asked for in the last 300 ms.
            Awaitility.await().pollDelay(Duration.ofMillis(400)).until(() -> true);
            signedIn(back.finish());
        }
    }

    @Test
    void an_address_may_stand_in_userinfo_and_must_be_of_the_same_person() {
        OpenId.provider(Map.of("email_in", "userinfo"));
        OpenId ada = OpenId.of(newEmail());
        assertThat(signedIn(ada.signIn()).email()).isEqualTo(ada.email());
        OpenId.provider(Map.of("email_in", "userinfo", "claims", Map.of("sub", "somebody-else")));
        refused(OpenId.of(newEmail()).signIn(), 401, "INVALID_TOKEN");
    }

    @Test
    void an_address_that_the_provider_has_not_verified_opens_and_makes_nothing() {
        OpenId ada = OpenId.of(newEmail());
        notLinked(new OpenId(ada.subject(), ada.email(), false).signIn(), "email_not_verified");
        notLinked(new OpenId(ada.subject(), null, true).signIn(), "email_not_verified");
        // To PostgreSQL it would be admin@.
        OpenId.provider(claims("email", "admİn@example.com"));
        notLinked(ada.signIn(), "email_not_verified");
        OpenId.provider(Map.of());
        assertThat(accounts(ada.email())).isZero();
        Customer ann = aVerifiedCustomer();
        notLinked(new OpenId(ada.subject(), ann.email(), false).signIn(), "email_not_verified");
        ann.asks().get(IDENTITIES).then().body("data.identities", hasSize(0));
    }

    @Test
    void an_account_that_a_stranger_opened_for_the_address_is_not_taken_for_its_owners() {
        // The stranger knows its password, has filled it, and waits for the owner of the address to use it.
        Customer strangers = aCustomer();
        OpenId owner = OpenId.of(strangers.email());
        notLinked(owner.signIn(), "account_not_verified");
        // Nor has the stranger left another way in.
        notLinked(link(strangers, OpenId.of(newEmail()), Map.of("password", PASSWORD)), "account_not_verified");
        assertThat(rows.count("SELECT count(*) FROM user_identities WHERE user_id = ?", strangers.userId()))
                .isZero();
        // The owner has the mails: with another password of theirs the account is verified, and the stranger out.
        nobody().body(Map.of("email", strangers.email()))
                .post("/api/v1/auth/password/forgot")
                .then()
                .statusCode(200);
        String token = new MailsTo(strangers.email()).token(MailsTo.RESET, 1);
        nobody().body(Map.of("token", token, "password", "Owners-Own-Pass-7"))
                .post("/api/v1/auth/password/reset")
                .then()
                .statusCode(200);
        assertThat(signedIn(owner.signIn()).userId()).isEqualTo(strangers.userId());
        strangers.asks().get("/api/v1/users/me").then().statusCode(401);
        refused(login(strangers.email(), PASSWORD), 401, "INVALID_CREDENTIALS");
    }

    @Test
    void a_verified_account_is_linked_once_and_its_owner_told() {
        Customer ann = aVerifiedCustomer();
        OpenId hers = OpenId.of(ann.email().toUpperCase(Locale.ROOT));
        assertThat(signedIn(hers.signIn()).userId()).isEqualTo(ann.userId());
        assertThat(new MailsTo(ann.email())
                        .newest("You can sign in at another provider now", 1)
                        .getString("text"))
                .contains("another provider", "UTC");
        Customers.signIn(ann.email(), PASSWORD);
        // The provider has given the address to somebody else.
        notLinked(OpenId.of(ann.email()).signIn(), "another_linked");
        assertThat(signedIn(hers.signIn()).userId()).isEqualTo(ann.userId());
    }

    @Test
    void people_of_the_shop_link_with_their_password_and_get_in_no_other_way() {
        for (String role : List.of("admin", "support", "catalog_manager")) {
            Customer bob = aVerifiedCustomer();
            appoint(bob, role);
            OpenId his = OpenId.of(bob.email());
            notLinked(his.signIn(), "password_needed");
            refused(link(bob, his, Map.of("password", "Another-Pass-99")), 401, "INVALID_CREDENTIALS");
            notLinked(his.signIn(), "password_needed");
            link(bob, his, Map.of("password", PASSWORD)).then().statusCode(200);
            assertThat(signedIn(his.signIn()).userId()).isEqualTo(bob.userId());
            assertThat(rows.count(
                            "SELECT count(*) FROM audit_log WHERE actor_id = ? AND action = 'user.identity_linked'",
                            bob.userId()))
                    .isOne();
        }
        // Linked by the provider's word, as a customer: that is not enough for what they are now.
        Customer ann = aVerifiedCustomer();
        OpenId hers = OpenId.of(ann.email());
        signedIn(hers.signIn());
        appoint(ann, "support");
        notLinked(hers.signIn(), "password_needed");
        link(ann, hers, Map.of("password", PASSWORD)).then().statusCode(200);
        signedIn(hers.signIn());
        // Nor is what they have linked with a customer's password.
        Customer eve = aVerifiedCustomer();
        OpenId whose = OpenId.of(newEmail());
        link(eve, whose, Map.of("password", PASSWORD)).then().statusCode(200);
        Shopper.admin()
                .json()
                .body(Map.of("role", "support"))
                .put("/api/v1/admin/users/" + eve.userId() + "/role")
                .then()
                .statusCode(200);
        notLinked(whose.signIn(), "password_needed");
    }

    @Test
    void linking_takes_all_that_signing_in_takes() {
        App app = App.on(aVerifiedCustomer());
        Customer ann = app.owner();
        OpenId hers = OpenId.of(newEmail());
        link(ann, hers, Map.of("password", PASSWORD))
                .then()
                .statusCode(400)
                .body("error.details.fields.field", hasItem("second_factor_code"));
        refused(
                link(ann, hers, Map.of("password", PASSWORD, "second_factor_code", app.wrong())),
                401,
                "INVALID_CREDENTIALS");
        link(ann, hers, Map.of("password", PASSWORD, "second_factor_code", app.code(rows)))
                .then()
                .statusCode(200);
        // Again is fine; another of that provider, or one of somebody else's, is not.
        link(ann, hers, Map.of("password", PASSWORD, "second_factor_code", app.code(rows)))
                .then()
                .statusCode(200);
        refused(
                link(ann, OpenId.of(newEmail()), Map.of("password", PASSWORD, "second_factor_code", app.code(rows))),
                409,
                "INVALID_STATUS_TRANSITION");
        notLinked(link(aVerifiedCustomer(), hers, Map.of("password", PASSWORD)), "linked_elsewhere");
    }

    @Test
    void of_two_that_link_one_identity_at_once_one_has_it() {
        for (int i = 0; i < 5; i++) {
            OpenId theirs = OpenId.of(newEmail());
            List<Customer> two = List.of(aVerifiedCustomer(), aVerifiedCustomer());
            assertThat(Together.times(
                            2,
                            n -> link(two.get(n), theirs, Map.of("password", PASSWORD))
                                    .statusCode()))
                    .containsExactlyInAnyOrder(200, 409);
        }
    }

    @Test
    void an_identity_goes_with_the_password_that_has_linked_it() {
        Customer ann = aVerifiedCustomer();
        OpenId thief = OpenId.of(newEmail());
        link(ann, thief, Map.of("password", PASSWORD)).then().statusCode(200);
        assertThat(signedIn(thief.signIn()).userId()).isEqualTo(ann.userId());
        nobody().body(Map.of("email", ann.email()))
                .post("/api/v1/auth/password/forgot")
                .then()
                .statusCode(200);
        String token = new MailsTo(ann.email()).token(MailsTo.RESET, 1);
        nobody().body(Map.of("token", token, "password", "Owners-Own-Pass-7"))
                .post("/api/v1/auth/password/reset")
                .then()
                .statusCode(200);
        assertThat(signedIn(thief.signIn()).userId()).isNotEqualTo(ann.userId());
    }

    @Test
    void a_second_factor_is_asked_for_all_the_same() {
        App app = App.on(aVerifiedCustomer());
        OpenId hers = OpenId.of(app.owner().email());
        notLinked(hers.signIn(), "password_needed");
        link(app.owner(), hers, Map.of("password", PASSWORD, "second_factor_code", app.code(rows)))
                .then()
                .statusCode(200);
        Response first = hers.signIn();
        refused(first, 401, "SECOND_FACTOR_REQUIRED");
        assertThat(first.asString()).doesNotContain("refresh_token", "eyJ");
        String challenge = first.path("error.details.challenge");
        refused(App.secondStep(challenge, app.wrong()), 401, "INVALID_CREDENTIALS");
        signedIn(App.secondStep(challenge, app.code(rows)));
    }

    @Test
    void whoever_was_locked_out_stays_out() {
        Customer ann = aVerifiedCustomer();
        OpenId hers = OpenId.of(ann.email());
        Customer linked = signedIn(hers.signIn());
        rows.update("UPDATE users SET is_active = FALSE WHERE user_id = ?", ann.userId());
        refused(hers.signIn(), 401, "INVALID_CREDENTIALS");
        with(linked.token()).get("/api/v1/users/me").then().statusCode(401);
        Customer bob = aVerifiedCustomer();
        rows.update("UPDATE users SET is_active = FALSE WHERE user_id = ?", bob.userId());
        refused(OpenId.of(bob.email()).signIn(), 401, "INVALID_CREDENTIALS");
        assertThat(rows.count("SELECT count(*) FROM user_identities WHERE user_id = ?", bob.userId()))
                .isZero();
    }

    @Test
    void without_a_password_none_is_right_and_the_only_way_in_stays() {
        OpenId ada = OpenId.of(newEmail());
        Customer her = signedIn(ada.signIn());
        refused(login(ada.email(), PASSWORD), 401, "INVALID_CREDENTIALS");
        refused(login(ada.email(), ""), 401, "INVALID_CREDENTIALS");
        refused(her.asks().body(Map.of("password", "")).post(App.SECOND_FACTOR), 401, "INVALID_CREDENTIALS");
        refused(her.asks().delete(IDENTITIES + "/" + identityOf(her)), 409, "INVALID_STATUS_TRANSITION");
        signedIn(ada.signIn());
        nobody().body(Map.of("email", ada.email()))
                .post("/api/v1/auth/password/forgot")
                .then()
                .statusCode(200);
        String token = new MailsTo(ada.email()).token(MailsTo.RESET, 1);
        nobody().body(Map.of("token", token, "password", PASSWORD))
                .post("/api/v1/auth/password/reset")
                .then()
                .statusCode(200);
        Customer withPassword = Customers.signIn(ada.email(), PASSWORD);
        withPassword
                .asks()
                .delete(IDENTITIES + "/" + identityOf(withPassword))
                .then()
                .statusCode(200);
    }

    @Test
    void what_is_unlinked_opens_nothing_and_is_not_linked_again_by_an_address() {
        Customer ann = aVerifiedCustomer();
        OpenId hers = OpenId.of(ann.email());
        Customer there = signedIn(hers.signIn());
        Customer bob = aCustomer();
        refused(bob.asks().delete(IDENTITIES + "/" + identityOf(ann)), 404, "RESOURCE_NOT_FOUND");
        long identity = identityOf(ann);
        ann.asks().delete(IDENTITIES + "/" + identity).then().statusCode(200);
        refused(ann.asks().delete(IDENTITIES + "/" + identity), 404, "RESOURCE_NOT_FOUND");
        there.asks().get("/api/v1/users/me").then().statusCode(401);
        ann.asks().get(IDENTITIES).then().statusCode(200).body("data.identities", hasSize(0));
        new MailsTo(ann.email()).newest("Your sign-in at another provider was unlinked", 1);
        notLinked(hers.signIn(), "password_needed");
        link(ann, hers, Map.of("password", PASSWORD)).then().statusCode(200);
        assertThat(signedIn(hers.signIn()).userId()).isEqualTo(ann.userId());
    }

    @Test
    void who_leaves_takes_their_identity_along() {
        Customer ann = aVerifiedCustomer();
        OpenId hers = OpenId.of(ann.email());
        signedIn(hers.signIn());
        ann.asks()
                .get("/api/v1/users/me/export")
                .then()
                .statusCode(200)
                .body("data.identities[0].subject", equalTo(hers.subject()))
                .body("data.identities[0].issuer", equalTo(OpenId.issuer()));
        ann.asks()
                .body(Map.of("password", PASSWORD))
                .delete("/api/v1/users/me")
                .then()
                .statusCode(200);
        assertThat(rows.columnsWith(hers.subject())).isEmpty();
        assertThat(signedIn(hers.signIn()).userId()).isNotEqualTo(ann.userId());
    }

    @Test
    void of_many_first_sign_ins_at_once_one_makes_the_account() throws Exception {
        OpenId ada = OpenId.of(newEmail());
        List<OpenId.Back> backs = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            backs.add(ada.goAndComeBack());
        }
        List<Response> answers = AtOnce.times(6, i -> backs.get(i).finish());
        assertThat(answers).allMatch(answer -> answer.statusCode() == 200);
        assertThat(answers.stream()
                        .map(answer -> answer.<Integer>path("data.user.user_id"))
                        .distinct())
                .hasSize(1);
        assertThat(accounts(ada.email())).isOne();
        assertThat(rows.count("SELECT count(*) FROM user_identities WHERE subject = ?", ada.subject()))
                .isOne();
    }

    @Test
    void names_that_a_registration_would_refuse_are_left_out() {
        OpenId.provider(Map.of("claims", Map.of("given_name", "Ada\nBcc: x", "family_name", "4242 4242 4242 4242")));
        Customer her = signedIn(OpenId.of(newEmail()).signIn());
        her.asks()
                .get("/api/v1/users/me")
                .then()
                .body("data.first_name", equalTo("Customer"))
                .body("data.last_name", emptyString());
    }

    @Test
    void a_provider_that_fails_or_hangs_is_answered_soon_and_passwords_go_on() {
        Customer ann = aVerifiedCustomer();
        OpenId hers = OpenId.of(ann.email());
        for (String kind : List.of("http_500", "close", "cut", "hang")) {
            OpenId.Back back = hers.goAndComeBack();
            OpenId.fault(Map.of("method", "POST", "path", "/token", "kind", kind));
            Instant begun = Instant.now();
            refused(back.finish(), 503, "SERVICE_UNAVAILABLE");
            assertThat(Duration.between(begun, Instant.now())).as(kind).isLessThan(Duration.ofSeconds(20));
            breakers.resetAll();
        }
        // Of a key that cannot be had nobody says that it is wrong.
        OpenId.Back back = hers.goAndComeBack();
        OpenId.provider(Map.of("rotate", true));
        OpenId.fault(Map.of("method", "GET", "path", "/jwks", "kind", "http_500"));
        refused(back.finish(), 503, "SERVICE_UNAVAILABLE");
        Customers.signIn(ann.email(), PASSWORD);
        signedIn(hers.signIn());
    }

    @Test
    void a_provider_that_is_away_is_left_alone_for_a_while() {
        OpenId ada = OpenId.of(newEmail());
        List<OpenId.Back> backs = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            backs.add(ada.goAndComeBack());
        }
        LocalServerSwitch provider = new LocalServerSwitch("oidc");
        provider.stop();
        try {
            for (OpenId.Back back : backs.subList(0, 5)) {
                back.finish()
                        .then()
                        .statusCode(503)
                        .header("Retry-After", not(startsWith("0")))
                        .body("error.code", equalTo("SERVICE_UNAVAILABLE"))
                        .body("error.message", startsWith("The sign-in provider does not answer"));
            }
        } finally {
            provider.start();
        }
        // It is back, but nobody asks yet.
        refused(backs.getLast().finish(), 503, "SERVICE_UNAVAILABLE");
        breakers.resetAll();
        signedIn(ada.signIn());
    }
}
