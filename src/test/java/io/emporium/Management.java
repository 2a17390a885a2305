package io.emporium;

import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import org.eclipse.microprofile.config.ConfigProvider;

/** The port of the operators. */
public final class Management {
    static final String PORT = "quarkus.management.test-port";

    private Management() {}

    public static int port() {
        return ConfigProvider.getConfig().getValue(PORT, Integer.class);
    }

    /** A request there. */
    public static RequestSpecification asked() {
        return RestAssured.given().port(port());
    }
}
