package io.emporium.web;

import io.emporium.web.Permissions.Row;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Set;

/** Who may call the tests' own resources. */
public class ProbePermissions {
    private static final String PROBE = " /api/v1/probe";

    @Produces
    @Singleton
    Row orders = Permissions.anybody("POST" + PROBE + "/orders/{user}");

    @Produces
    @Singleton
    Row login = Permissions.anybody("POST" + PROBE + "/login/{account}");

    @Produces
    @Singleton
    Row order = Permissions.anybody("POST" + PROBE);

    @Produces
    @Singleton
    Row one = Permissions.anybody("GET" + PROBE + "/{id}");

    @Produces
    @Singleton
    Row raw = Permissions.anybody("POST" + PROBE + "/raw");

    @Produces
    @Singleton
    Row slow = Permissions.anybody("GET" + PROBE + "/slow");

    @Produces
    @Singleton
    Row requestId = Permissions.anybody("GET" + PROBE + "/request-id");

    @Produces
    @Singleton
    Row logs = Permissions.only(Set.of(Caller.CUSTOMER), "GET" + PROBE + "/logs");

    @Produces
    @Singleton
    Row audit = Permissions.anybody("POST" + PROBE + "/audit");

    @Produces
    @Singleton
    Row fails = Permissions.anybody("GET" + PROBE + "/fails/{how}");

    @Produces
    @Singleton
    Row sql = Permissions.anybody("GET" + PROBE + "/sql/{number}");

    @Produces
    @Singleton
    Row window = Permissions.anybody("GET" + PROBE + "/window/{name}");

    @Produces
    @Singleton
    Row signedIn = Permissions.only(Set.of(Caller.CUSTOMER, Caller.ADMIN), "GET" + PROBE + "/private");

    @Produces
    @Singleton
    Row admin = Permissions.only(Set.of(Caller.ADMIN), "GET" + PROBE + "/admin");

    @Produces
    @Singleton
    Row wholeLock = Permissions.only(Set.of(Caller.CUSTOMER), "POST /test/whole-lock/orders");
}
