package io.emporium.identity;

import static io.restassured.RestAssured.given;

import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import java.util.Map;
import java.util.UUID;

/** People with accounts, made through the door as anybody would. */
public final class Customers {
    public static final String PASSWORD = "SecurePass123!";

    private Customers() {}

    /** Somebody who is signed in. */
    public record Customer(long userId, String email, String token, String refreshToken) {
        /** A JSON request of theirs. */
        public RequestSpecification asks() {
            return Customers.with(token);
        }
    }

    public static RequestSpecification with(String token) {
        return given().contentType(ContentType.JSON).auth().oauth2(token);
    }

    public static RequestSpecification nobody() {
        return given().contentType(ContentType.JSON);
    }

    public static String newEmail() {
        return "ann-" + UUID.randomUUID() + "@example.com";
    }

    /** Somebody new, registered and signed in. */
    public static Customer aCustomer() {
        String email = newEmail();
        register(email);
        return signIn(email, PASSWORD);
    }

    static long register(String email) {
        return nobody().body(Map.of("email", email, "password", PASSWORD, "first_name", "Ann", "last_name", "Lee"))
                .post("/api/v1/auth/register")
                .then()
                .statusCode(201)
                .extract()
                .jsonPath()
                .getLong("data.user_id");
    }

    public static Customer signIn(String email, String password) {
        JsonPath data = nobody().body(Map.of("email", email, "password", password))
                .post("/api/v1/auth/login")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        return new Customer(
                data.getLong("data.user.user_id"),
                data.getString("data.user.email"),
                data.getString("data.token"),
                data.getString("data.refresh_token"));
    }
}
