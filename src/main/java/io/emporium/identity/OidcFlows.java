package io.emporium.identity;

import io.emporium.outbox.NotAWorker;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Sign-ins that have been begun and are under way at the provider: each for ten minutes, ended once, by the client that began it.
 * The state travels with the browser and may be seen; the flow is told to the client alone, so that nobody is led into a sign-in
 * that somebody else began (login CSRF). The code's verifier never leaves the shop but for the provider.
 */
@ApplicationScoped
class OidcFlows {
    static final Duration EXPIRY = Duration.ofMinutes(10);
    /** Anybody may begin one. At 20 a minute and network address it takes 500 of those, all the time, to get here: some 30 MB. */
    private static final int MOST = 100_000;

    private final EntityManager database;
    private final Clock clock;

    OidcFlows(EntityManager database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * One that begins.
     *
     * @param flow for the client
     * @param state comes back with the browser
     * @param nonce comes back in the ID token
     */
    record Begun(String flow, String state, String nonce, String verifier) {
        static Begun now() {
            return new Begun(Secrets.random(), Secrets.random(), Secrets.random(), Secrets.random());
        }
    }

    /** One that ends: what the provider is asked with. */
    record Ended(String redirectUri, String nonce, String verifier) {}

    /** @throws io.emporium.shared.Refusal SERVICE_UNAVAILABLE if there are too many */
    void keep(Begun begun, String redirectUri) {
        Instant now = clock.instant();
        int kept = QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery("""
                        INSERT INTO oidc_flows (state_hash, flow_hash, redirect_uri, nonce, code_verifier, expires_at)
                        SELECT :state, :flow, CAST(:redirect AS varchar), CAST(:nonce AS varchar), CAST(:verifier AS varchar),
                               CAST(:expires AS timestamptz)
                         WHERE (SELECT count(*) FROM oidc_flows WHERE expires_at > :now) < :most
                        """)
                        .setParameter("state", Secrets.hash(begun.state()))
                        .setParameter("flow", Secrets.hash(begun.flow()))
                        .setParameter("redirect", redirectUri)
                        .setParameter("nonce", begun.nonce())
                        .setParameter("verifier", begun.verifier())
                        .setParameter("expires", now.plus(EXPIRY))
                        .setParameter("now", now)
                        .setParameter("most", MOST)
                        .executeUpdate());
        if (kept == 0) {
            throw IdentityError.tooManyFlows();
        }
    }

    /** Of any number at once one succeeds. Empty if it was never begun, not by this client, is done, or has expired. */
    Optional<Ended> end(String flow, String state) {
        return QuarkusTransaction.requiringNew().call(() -> {
            List<Object[]> ended = database.createNativeQuery("""
                            DELETE FROM oidc_flows WHERE state_hash = :state AND flow_hash = :flow AND expires_at > :now
                            RETURNING redirect_uri, nonce, code_verifier
                            """, Object[].class)
                    .setParameter("state", Secrets.hash(state))
                    .setParameter("flow", Secrets.hash(flow))
                    .setParameter("now", clock.instant())
                    .getResultList();
            return ended.stream().findFirst().map(row -> new Ended((String) row[0], (String) row[1], (String) row[2]));
        });
    }

    @Scheduled(every = "1m", delayed = "1m", skipExecutionIf = NotAWorker.class)
    @Transactional
    void forget() {
        database.createNativeQuery("DELETE FROM oidc_flows WHERE expires_at < :now")
                .setParameter("now", clock.instant())
                .executeUpdate();
    }
}
