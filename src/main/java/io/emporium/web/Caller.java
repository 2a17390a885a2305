package io.emporium.web;

import io.emporium.shared.Refusal;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.RequestScoped;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who is calling. The identity module checks the token and puts what it found into the security identity's attributes
 * named here; everybody else asks this class.
 */
@RequestScoped
public class Caller {
    /** Attribute: the user's id, a {@link Long}. */
    public static final String USER_ID = "user_id";
    /** Attribute: the session's id, a {@link UUID}. */
    public static final String SESSION_ID = "session_id";
    /** Attribute: what stands for the user on log lines, a {@link String}. */
    public static final String PSEUDONYM = "pseudonym";
    /** The header in which a program shows its API key. */
    public static final String API_KEY_HEADER = "X-API-Key";
    /** Attribute: the id of the API key that calls in the user's name, a {@link Long}; a session has none. */
    public static final String API_KEY = "api_key";
    /** Attribute: what the API key may do, a set of {@link Scope}; a session has none. */
    public static final String SCOPES = "scopes";
    /** Attribute: how many requests a minute the API key has, an {@link Integer}. */
    public static final String KEY_RATE = "key_rate";
    /** Attribute: there where they may do nothing before they have turned a second factor on, {@link Permissions} says how. */
    public static final String NEEDS_SECOND_FACTOR = "needs_second_factor";
    /** The role of those who shop. */
    public static final String CUSTOMER = "customer";
    /** The role of those who look after customers and their orders. */
    public static final String SUPPORT = "support";
    /** The role of those who keep the catalogue and its stock. */
    public static final String CATALOG_MANAGER = "catalog_manager";
    /** The role of those who run the shop. */
    public static final String ADMIN = "admin";

    private final SecurityIdentity identity;
    private final ClientAddress clients;
    private final CurrentVertxRequest door;

    Caller(SecurityIdentity identity, ClientAddress clients, CurrentVertxRequest door) {
        this.identity = identity;
        this.clients = clients;
        this.door = door;
    }

    /** Whether a request says who makes it, right or wrong. */
    static boolean isNamed(HttpServerRequest request) {
        return request.getHeader(HttpHeaders.AUTHORIZATION) != null || request.getHeader(API_KEY_HEADER) != null;
    }

    /** @throws Refusal AUTHENTICATION_REQUIRED if nobody is signed in */
    public long userId() {
        Long id = userIdOrNull();
        if (id == null) {
            throw new Refusal(Refusal.Code.AUTHENTICATION_REQUIRED, "Authentication required");
        }
        return id;
    }

    public @Nullable Long userIdOrNull() {
        return identity.isAnonymous() ? null : identity.getAttribute(USER_ID);
    }

    public @Nullable UUID sessionId() {
        return identity.isAnonymous() ? null : identity.getAttribute(SESSION_ID);
    }

    /** The API key that calls in their name, or null. */
    public @Nullable Long apiKeyId() {
        return identity.isAnonymous() ? null : identity.getAttribute(API_KEY);
    }

    /** Whether they may do in full what they ask for: with what is others', or with money going out ({@link Permissions}). */
    public boolean mayInFull() {
        Permissions.Row row = door.getCurrent().get(Permissions.ROW);
        return row != null && !identity.isAnonymous() && row.letsInFull(identity);
    }

    /**
     * Where they are, as the rates count it: an IPv4 address, or the network of an IPv6 one. Behind a proxy it is theirs only
     * if the proxy is trusted. Null where that cannot be told.
     */
    public @Nullable String address() {
        String address = clients.of(door.getCurrent().request());
        return address.equals(ClientAddress.UNKNOWN) ? null : address;
    }
}
