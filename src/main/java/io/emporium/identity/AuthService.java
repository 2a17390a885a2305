package io.emporium.identity;

import io.emporium.identity.AccountTokens.Purpose;
import io.emporium.outbox.Outbox;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.security.AuthenticationFailedException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jspecify.annotations.Nullable;

/** Opens accounts, signs people in and out, and says who is calling (low-level-design 5.1). */
@ApplicationScoped
class AuthService {
    private final Passwords passwords;
    private final Sessions sessions;
    private final AccessTokens accessTokens;
    private final AccountTokens accountTokens;
    private final SignInChallenges challenges;
    private final SecondFactors secondFactors;
    private final SecondFactorSettings settings;
    private final Outbox outbox;
    private final Clock clock;

    AuthService(
            Passwords passwords,
            Sessions sessions,
            AccessTokens accessTokens,
            AccountTokens accountTokens,
            SignInChallenges challenges,
            SecondFactors secondFactors,
            SecondFactorSettings settings,
            Outbox outbox,
            Clock clock) {
        this.passwords = passwords;
        this.sessions = sessions;
        this.accessTokens = accessTokens;
        this.accountTokens = accountTokens;
        this.challenges = challenges;
        this.secondFactors = secondFactors;
        this.settings = settings;
        this.outbox = outbox;
        this.clock = clock;
    }

    /**
     * Opens an account with the role customer, and has the mail sent that verifies its address.
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
            var registered = new IdentityEvent.UserRegistered(UUID.randomUUID(), userId, now);
            accountTokens.ask(userId, Purpose.VERIFY_EMAIL, registered.id(), now);
            outbox.append(registered);
            return new RegisteredView(userId, request.email(), request.firstName(), request.lastName());
        });
    }

    /**
     * Begins a session. No such account, wrong password and inactive account are answered alike, and as slowly.
     *
     * @throws io.emporium.shared.Refusal INVALID_CREDENTIALS; SECOND_FACTOR_REQUIRED with what the second step takes, if they have one
     */
    LoginView login(String email, String password, @Nullable String userAgent) {
        Optional<User> found = findByEmail(email);
        boolean right =
                passwords.matches(password, found.map(user -> user.passwordHash).orElse(null));
        User user =
                found.filter(User::isActive).filter(account -> right).orElseThrow(IdentityError::invalidCredentials);
        rehash(user, password);
        return begin(() -> user, userAgent);
    }

    private void rehash(User user, String password) {
        String before = user.passwordHash;
        if (before != null && passwords.isOfAnotherCost(before)) {
            String hash = passwords.hash(password);
            QuarkusTransaction.requiringNew().run(() -> User.rehash(user.userId(), before, hash));
        }
    }

    /**
     * Begins a session for somebody who has shown who they are, with a password or at another provider.
     *
     * @param shown looks who that is, in the session's own transaction: what it locks is as it was when the session begins
     * @throws io.emporium.shared.Refusal INVALID_CREDENTIALS if it is so no longer; SECOND_FACTOR_REQUIRED with what the second step
     *     takes, if they have one
     */
    LoginView begin(Supplier<User> shown, @Nullable String userAgent) {
        Begun begun = QuarkusTransaction.requiringNew().call(() -> {
            User user = shown.get();
            return new Begun(user, user.hasSecondFactor() ? Optional.empty() : sessions.start(user, userAgent));
        });
        User user = begun.user();
        if (user.hasSecondFactor()) {
            throw IdentityError.secondFactorRequired(challenges.begin(user), challenges.expiry());
        }
        return begun.session()
                .map(session -> LoginView.of(view(session), user))
                .orElseThrow(IdentityError::invalidCredentials);
    }

    private record Begun(User user, Optional<Sessions.Session> session) {}

    /** @throws io.emporium.shared.Refusal INVALID_TOKEN if it is none, or none any more */
    User challenged(String challenge) {
        return challenges.tryOf(challenge).filter(User::hasSecondFactor).orElseThrow(IdentityError::badChallenge);
    }

    /**
     * Begins a session for somebody who shows their second factor, too. The challenge is spent with the first code that is right.
     *
     * @param user whose it is, as {@link #challenged} found them
     * @throws io.emporium.shared.Refusal INVALID_CREDENTIALS, RATE_LIMITED, INVALID_TOKEN
     */
    LoginView login(User user, String challenge, String code, @Nullable String userAgent) {
        secondFactors.show(user.userId(), code);
        if (!challenges.spend(challenge)) {
            throw IdentityError.badChallenge();
        }
        return sessions.start(user, userAgent)
                .map(session -> LoginView.of(view(session), user))
                .orElseThrow(IdentityError::badChallenge);
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
        Sessions.Standing standing = sessions.standingOf(claims.sessionId(), claims.userId())
                .orElseThrow(AuthenticationFailedException::new);
        return new SignedIn(
                claims.userId(),
                claims.sessionId(),
                standing.role(),
                settings.adminsNeedOne() && standing.role() == Role.ADMIN && !standing.hasSecondFactor());
    }

    /**
     * Somebody with a live session, and what they may do at this moment.
     *
     * @param needsSecondFactor whether it is nothing before they have turned one on
     */
    record SignedIn(long userId, UUID sessionId, Role role, boolean needsSecondFactor) {}

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
