package io.emporium.catalog;

import static io.restassured.RestAssured.given;

import io.emporium.web.Caller;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.restassured.specification.RequestSpecification;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.BiConsumer;
import javax.sql.DataSource;

/** Lets a test of the catalogue be an admin or a customer without the identity module: by a header. */
@ApplicationScoped
public class Callers implements HttpAuthenticationMechanism {
    public static final long ADMIN_ID = 990_001;
    public static final long CUSTOMER_ID = 990_002;
    private static final String HEADER = "X-Test-Catalog-Caller";

    @Inject
    DataSource database;

    public static RequestSpecification admin() {
        return given().header(HEADER, "admin");
    }

    public static RequestSpecification customer() {
        return given().header(HEADER, "customer");
    }

    /** For a client of another kind: sets the header. */
    public static void asAdmin(BiConsumer<String, String> header) {
        header.accept(HEADER, "admin");
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext door, IdentityProviderManager providers) {
        String role = door.request().getHeader(HEADER);
        if (role == null) {
            return Uni.createFrom().nullItem();
        }
        return Uni.createFrom()
                .item(QuarkusSecurityIdentity.builder()
                        .setPrincipal(new QuarkusPrincipal(role))
                        .addRole(role)
                        .addAttribute(Caller.USER_ID, role.equals(Caller.ADMIN) ? ADMIN_ID : CUSTOMER_ID)
                        .build());
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext door) {
        return Uni.createFrom().nullItem();
    }

    /** Their rows: what they do is recorded under their ids. */
    public void exist() {
        try (Connection connection = database.getConnection();
                var insert = connection.prepareStatement("""
                        INSERT INTO users (user_id, email, password_hash, first_name, last_name, role)
                        VALUES (?, ?, 'none', 'Test', 'Caller', ?) ON CONFLICT DO NOTHING
                        """)) {
            for (long id : new long[] {ADMIN_ID, CUSTOMER_ID}) {
                insert.setLong(1, id);
                insert.setString(2, "catalog-" + id + "@example.com");
                insert.setString(3, id == ADMIN_ID ? "admin" : "customer");
                insert.executeUpdate();
            }
        } catch (SQLException fault) {
            throw new IllegalStateException(fault);
        }
    }
}
