package io.emporium.identity;

import static io.emporium.identity.Customers.PASSWORD;
import static io.emporium.identity.Customers.nobody;

import io.emporium.identity.Customers.Customer;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Somebody's authenticator app, and the recovery codes in their drawer. */
record App(Customer owner, byte[] secret, List<String> recoveryCodes) {
    static final String SECOND_FACTOR = "/api/v1/users/me/second-factor";
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /** Turned on for somebody through the door. */
    static App on(Customer owner) {
        byte[] secret = begun(owner);
        Response confirmed = confirm(owner, Totp.code(secret, Totp.step(Instant.now())));
        confirmed.then().statusCode(200);
        return new App(owner, secret, confirmed.jsonPath().getList("data.recovery_codes"));
    }

    static byte[] begun(Customer owner) {
        return secretOf(owner.asks()
                .body(Map.of("password", PASSWORD))
                .post(SECOND_FACTOR)
                .then()
                .statusCode(200)
                .extract()
                .path("data.secret"));
    }

    static Response confirm(Customer owner, String code) {
        return owner.asks().body(Map.of("code", code)).post(SECOND_FACTOR + "/confirm");
    }

    static byte[] secretOf(String base32) {
        byte[] bytes = new byte[base32.length() * 5 / 8];
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            int value = BASE32.indexOf(base32.charAt(bit / 5));
            if ((value >> 4 - bit % 5 & 1) == 1) {
                bytes[bit / 8] |= (byte) (0x80 >> bit % 8);
            }
        }
        return bytes;
    }

    /** What it shows now, however often that was used: the shop forgets that it was. */
    String code(Rows rows) {
        rows.update("UPDATE second_factors SET last_step = 0 WHERE user_id = ?", owner.userId());
        return shown();
    }

    String shown() {
        return Totp.code(secret, Totp.step(Instant.now()));
    }

    /** Six digits that it shows at no time near. */
    String wrong() {
        long now = Totp.step(Instant.now());
        List<String> near = List.of(
                Totp.code(secret, now - 1),
                Totp.code(secret, now),
                Totp.code(secret, now + 1),
                Totp.code(secret, now + 2));
        return List.of("000000", "111111", "222222", "333333", "444444").stream()
                .filter(code -> !near.contains(code))
                .findFirst()
                .orElseThrow();
    }

    /** Of the first step, which succeeds. */
    String challenge() {
        return firstStep(PASSWORD).then().statusCode(401).extract().path("error.details.challenge");
    }

    Response firstStep(String password) {
        return nobody().body(Map.of("email", owner.email(), "password", password))
                .post("/api/v1/auth/login");
    }

    static Response secondStep(String challenge, String code) {
        return nobody().body(Map.of("challenge", challenge, "code", code)).post("/api/v1/auth/login/second-factor");
    }

    /** Both steps with a code. */
    Response signIn(String code) {
        return secondStep(challenge(), code);
    }

    Response turnOff(String password, String code) {
        return owner.asks().body(Map.of("password", password, "code", code)).delete(SECOND_FACTOR);
    }

    JsonPath state() {
        return owner.asks().get(SECOND_FACTOR).then().statusCode(200).extract().jsonPath();
    }
}
