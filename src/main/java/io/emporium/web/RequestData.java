package io.emporium.web;

import io.emporium.shared.PersonalData;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.List;

/** The answers that are kept for a day to be given again; and, of an admin, what they have done. */
@ApplicationScoped
class RequestData implements PersonalData {
    private final EntityManager database;

    RequestData(EntityManager database) {
        this.database = database;
    }

    @Override
    public List<Section> sections() {
        return List.of(new Section("idempotency_keys", """
                        SELECT key, status_code, created_at FROM idempotency_keys WHERE user_id = ? ORDER BY created_at, key
                        """), new Section("audit_log", """
                        SELECT at, action, entity_type, entity_id FROM audit_log WHERE actor_id = ? ORDER BY audit_id
                        """));
    }

    /** The log keeps who did what by number alone, and for ever. */
    @Override
    public void erase(long userId) {
        database.createNativeQuery("DELETE FROM idempotency_keys WHERE user_id = :user")
                .setParameter("user", userId)
                .executeUpdate();
    }
}
