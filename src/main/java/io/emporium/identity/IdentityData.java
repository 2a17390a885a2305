package io.emporium.identity;

import io.emporium.shared.PersonalData;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.List;

/** Somebody's account and what hangs on it. The row of the account itself stays, for others point to it: emptied. */
@ApplicationScoped
class IdentityData implements PersonalData {
    private static final List<String> THEIRS = List.of(
            "account_requests",
            "sessions",
            "addresses",
            "user_preferences",
            "devices",
            "api_keys",
            "sign_in_challenges",
            "user_identities",
            // With its recovery codes.
            "second_factors");

    private final EntityManager database;

    IdentityData(EntityManager database) {
        this.database = database;
    }

    @Override
    public List<Section> sections() {
        return List.of(
                new Section("account", """
                        SELECT user_id, email, email_verified_at, first_name, last_name, phone, role, created_at, updated_at, password_changed_at,
                               second_factor_since
                          FROM users WHERE user_id = ?
                        """),
                new Section("addresses", """
                        SELECT address_line1, address_line2, city, state, postal_code, country, is_default, created_at
                          FROM addresses WHERE user_id = ? ORDER BY address_id
                        """),
                new Section("preferences", """
                        SELECT email_notifications, sms_notifications, push_notifications, promotional_emails, promotional_since,
                               promotional_withdrawn_at, updated_at
                          FROM user_preferences WHERE user_id = ?
                        """),
                new Section("devices", """
                        SELECT fcm_token, created_at, last_seen_at FROM devices WHERE user_id = ? ORDER BY device_id
                        """),
                new Section("sessions", """
                        SELECT session_id, user_agent, created_at, last_used_at, expires_at, ended_at, end_reason
                          FROM sessions WHERE user_id = ? ORDER BY created_at, session_id
                        """),
                new Section("identities", """
                        SELECT issuer, subject, linked_at, confirmed_at, last_used_at
                          FROM user_identities WHERE user_id = ? ORDER BY identity_id
                        """),
                new Section("api_keys", """
                        SELECT name, prefix, array_to_string(scopes, ' ') AS scopes, created_at, expires_at, last_used_at, revoked_at
                          FROM api_keys WHERE user_id = ? ORDER BY api_key_id
                        """));
    }

    @Override
    public void erase(long userId) {
        for (String table : THEIRS) {
            database.createNativeQuery("DELETE FROM " + table + " WHERE user_id = :user")
                    .setParameter("user", userId)
                    .executeUpdate();
        }
    }
}
