package io.emporium.identity;

import io.emporium.Shopper;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.UUID;

/** Many signed-in customers at once, made behind the door: hashing so many passwords takes longer than what they come for. */
@Singleton
public class Crowd {
    private final EntityManager database;
    private final AccessTokens tokens;

    Crowd(EntityManager database, AccessTokens tokens) {
        this.database = database;
        this.tokens = tokens;
    }

    /** So many new customers, each with an address and a session. */
    @Transactional
    public List<Shopper> come(int count) {
        List<Object[]> rows = database.createNativeQuery("""
                        WITH people AS (
                            INSERT INTO users (email, password_hash, first_name, last_name)
                            SELECT 'crowd-' || gen_random_uuid() || '@example.com', 'none', 'Ada', 'Lovelace' FROM generate_series(1, :count)
                            RETURNING user_id, email),
                        signed_in AS (
                            INSERT INTO sessions (session_id, user_id, expires_at)
                            SELECT gen_random_uuid(), user_id, now() + interval '1 day' FROM people RETURNING session_id, user_id),
                        housed AS (
                            INSERT INTO addresses (user_id, address_line1, city, state, postal_code, country)
                            SELECT user_id, '123 Main St', 'New York', 'NY', '10001', 'USA' FROM people RETURNING address_id, user_id)
                        SELECT user_id, CAST(email AS text), session_id, address_id
                          FROM people JOIN signed_in USING (user_id) JOIN housed USING (user_id)
                        """, Object[].class)
                .setParameter("count", count)
                .getResultList();
        return rows.stream()
                .map(row -> {
                    long userId = ((Number) row[0]).longValue();
                    String token = tokens.issue(userId, Role.CUSTOMER, (UUID) row[2]);
                    return Shopper.known((String) row[1], userId, token, ((Number) row[3]).longValue());
                })
                .toList();
    }
}
