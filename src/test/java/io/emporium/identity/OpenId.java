package io.emporium.identity;

import static io.emporium.identity.Customers.nobody;
import static io.restassured.RestAssured.given;

import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.config.ConfigProvider;

/** Somebody with an account at local mode's OpenID provider, who goes there with a browser and comes back. */
record OpenId(String subject, String email, boolean isEmailVerified) {
    static final String START = "/api/v1/auth/oidc/start";
    static final String FINISH = "/api/v1/auth/oidc/finish";
    static final String IDENTITIES = "/api/v1/users/me/identities";

    static OpenId of(String email) {
        return new OpenId("sub-" + UUID.randomUUID(), email, true);
    }

    /** What the client has when the browser is back. */
    record Back(String flow, String state, String code) {
        Response finish() {
            return nobody().body(fields()).post(FINISH);
        }

        Map<String, String> fields() {
            return Map.of("flow", flow, "state", state, "code", code);
        }

        /** As somebody who is signed in and shows what they sign in with. */
        Map<String, String> with(Map<String, String> proof) {
            Map<String, String> all = new HashMap<>(fields());
            all.putAll(proof);
            return all;
        }
    }

    static String redirectUri() {
        return issuer() + "/back";
    }

    static String issuer() {
        return ConfigProvider.getConfig().getValue("OIDC_ISSUER", String.class);
    }

    static Response start() {
        return nobody().body(Map.of("redirect_uri", redirectUri())).post(START);
    }

    Back goAndComeBack() {
        JsonPath begun = start().then().statusCode(200).extract().jsonPath();
        URI page = URI.create(begun.getString("data.authorization_url"));
        Map<String, String> form = fields(page.getRawQuery());
        form.put("sub", subject);
        form.put("given_name", "Ada");
        form.put("family_name", "Lovelace");
        if (email != null) {
            form.put("email", email);
        }
        if (isEmailVerified) {
            form.put("email_verified", "true");
        }
        String back = given().redirects()
                .follow(false)
                .formParams(form)
                .post(page.getScheme() + "://" + page.getAuthority() + page.getPath())
                .then()
                .statusCode(302)
                .extract()
                .header("Location");
        Map<String, String> came = fields(URI.create(back).getRawQuery());
        return new Back(begun.getString("data.flow"), came.get("state"), came.get("code"));
    }

    static Map<String, String> fields(String query) {
        Map<String, String> fields = new HashMap<>();
        for (String pair : query.split("&")) {
            String[] halves = pair.split("=", 2);
            fields.put(halves[0], URLDecoder.decode(halves[1], StandardCharsets.UTF_8));
        }
        return fields;
    }

    Response signIn() {
        return goAndComeBack().finish();
    }

    /** The provider lies, as FakeOidc has it; what is not named is the truth. */
    static void provider(Map<String, ?> lies) {
        given().contentType("application/json")
                .body(lies)
                .put(issuer() + "/_fake/settings")
                .then()
                .statusCode(200);
    }

    static void fault(Map<String, ?> fault) {
        given().contentType("application/json")
                .body(fault)
                .post(issuer() + "/_fake/faults")
                .then()
                .statusCode(200);
    }

    static void heal() {
        given().delete(issuer() + "/_fake/faults").then().statusCode(200);
        provider(Map.of());
    }
}
