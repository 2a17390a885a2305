package io.emporium.identity;

import io.emporium.outbox.Outbox;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.security.AuthenticationFailedException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jspecify.annotations.Nullable;

/** Opens accounts, signs people in and out, and says who is calling (low-level-design 5.1). */
@ApplicationScoped
class AuthService {
    private final Passwords passwords;
    private final Sessions sessions;
    private final AccessTokens accessTokens;
    private final Outbox outbox;
    private final Clock clock;

    AuthService(Passwords passwords, Sessions sessions, AccessTokens accessTokens, Outbox outbox, Clock clock) {
        this.passwords = passwords;
        this.sessions = sessions;
        this.accessTokens = accessTokens;
        this.outbox = outbox;
        this.clock = clock;
    }

    /**
     * Opens an account with the role customer.
     *
     * @throws io.emporium.shared.Refusal VALIDATION_ERROR for a password that will not do, DUPLICATE_FIELD for an address
     *     that has an account
     */
    RegisteredView register(RegisterRequest request) {
        passwords.check("password", request.password(), request.email());
        // Only saves the hashing; who is first is decided by the constraint.
        if (findByEmail(request.email()).isPresent()) {
            throw IdentityError.emailTaken();
        }
        // Outside the transaction, as in login: nobody waits for a connection while somebody else's password is hashed.
        String hash = passwords.hash(request.password());
        return QuarkusTransaction.requiringNew().call(() -> {
            Instant now = clock.instant();
            long userId = User.open(
                            request.email(),
                            hash,
                            request.firstName(),
                            request.lastName(),
                            request.phone(),
                            Role.CUSTOMER,
                            now)
                    .orElseThrow(IdentityError::emailTaken);
            outbox.append(new IdentityEvent.UserRegistered(UUID.randomUUID(), userId, now));
            return new RegisteredView(userId, request.email(), request.firstName(), request.lastName());
        });
    }

    /**
     * Begins a session. No such account, wrong password and inactive account are answered alike, and as slowly.
     *
     * @throws io.emporium.shared.Refusal INVALID_CREDENTIALS
     */
    LoginView login(String email, String password, @Nullable String userAgent) {
        Optional<User> found = findByEmail(email);
        boolean right =
                passwords.matches(password, found.map(user -> user.passwordHash).orElse(null));
        User user =
                found.filter(User::isActive).filter(account -> right).orElseThrow(IdentityError::invalidCredentials);
        if (passwords.isOfAnotherCost(user.passwordHash)) {
            String hash = passwords.hash(password);
            QuarkusTransaction.requiringNew().run(() -> User.rehash(user.userId(), user.passwordHash, hash));
        }
        return LoginView.of(view(sessions.start(user, userAgent)), user);
    }

    /**
     * Spends a refresh token for a new pair; see {@link Sessions#rotate} for what a second call with it gets.
     *
     * @throws io.emporium.shared.Refusal INVALID_TOKEN
     */
    TokenView refreshToken(String refreshToken) {
        return sessions.rotate(refreshToken).map(this::view).orElseThrow(IdentityError::invalidRefreshToken);
    }

    /** Ends the session; and, if a refresh token of another session of theirs is given, that one too. */
    void logout(long userId, UUID sessionId, @Nullable String refreshToken) {
        sessions.end(sessionId, Sessions.End.LOGOUT);
        if (refreshToken != null) {
            sessions.findOwn(refreshToken, userId).ifPresent(other -> sessions.end(other, Sessions.End.LOGOUT));
        }
    }

    /**
     * Who a token, whose signature, issuer, audience and expiry have been checked, speaks for right now.
     *
     * @throws AuthenticationFailedException if it is no access token, its session has ended or its user is inactive
     */
    SignedIn validateToken(JsonWebToken token) {
        AccessTokens.Claims claims;
        try {
            claims = accessTokens.read(token);
        } catch (IllegalArgumentException notOurs) {
            throw new AuthenticationFailedException(notOurs);
        }
        Role role =
                sessions.roleOf(claims.sessionId(), claims.userId()).orElseThrow(AuthenticationFailedException::new);
        return new SignedIn(claims.userId(), claims.sessionId(), role);
    }

    /** Somebody with a live session, and what they may do at this moment. */
    record SignedIn(long userId, UUID sessionId, Role role) {}

    private static Optional<User> findByEmail(String email) {
        if (!email.chars().allMatch(c -> c < 128)) {
            // No account has such an address; to PostgreSQL admİn would be admin, but not to whoever counts its
            // failures.
            return Optional.empty();
        }
        return QuarkusTransaction.requiringNew().call(() -> User.findByEmail(email));
    }

    private TokenView view(Sessions.Session session) {
        return new TokenView(
                accessTokens.issue(session.userId(), session.role(), session.sessionId()),
                session.refreshToken(),
                accessTokens.expiry().toSeconds());
    }
}
