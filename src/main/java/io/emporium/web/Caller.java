package io.emporium.web;

import io.emporium.shared.Refusal;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
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

    public boolean isAdmin() {
        return identity.hasRole(ADMIN);
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
