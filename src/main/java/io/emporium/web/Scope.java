package io.emporium.web;

import java.util.Arrays;
import java.util.Optional;

/** What an API key may be for (low-level-design 6.3). Which endpoints that opens says {@link Permissions}. */
public enum Scope {
    PRODUCTS_READ("products:read"),
    PRODUCTS_WRITE("products:write"),
    INVENTORY_READ("inventory:read"),
    INVENTORY_WRITE("inventory:write"),
    ORDERS_READ("orders:read"),
    ORDERS_WRITE("orders:write");

    private final String code;

    Scope(String code) {
        this.code = code;
    }

    /** As the database and the API have it: {@code products:read}. */
    public String code() {
        return code;
    }

    /** Empty for one that there is not. */
    public static Optional<Scope> of(String code) {
        return Arrays.stream(values()).filter(scope -> scope.code.equals(code)).findFirst();
    }
}
