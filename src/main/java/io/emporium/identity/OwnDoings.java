package io.emporium.identity;

import io.emporium.web.AuditLog;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;

/** What people of the shop do to how they themselves sign in. */
@ApplicationScoped
class OwnDoings {
    private final AuditLog audit;

    OwnDoings(AuditLog audit) {
        this.audit = audit;
    }

    /** Customers' own doings are in no log, so that they wait for none (docs/security.md). */
    void record(User user, String action) {
        if (user.role() != Role.CUSTOMER) {
            audit.record(
                    action,
                    "user",
                    user.userId(),
                    null,
                    Map.of("role", user.role().code()));
        }
    }
}
