package io.emporium.identity;

import io.emporium.shared.Page;
import io.emporium.web.Pagination;
import java.time.Instant;
import java.util.List;

/**
 * An account as an admin sees it.
 *
 * @param isActive whether they may sign in
 * @param secondFactor whether their sign-in takes one
 */
record AccountView(
        long userId,
        String email,
        boolean emailVerified,
        String firstName,
        String lastName,
        String role,
        boolean isActive,
        boolean secondFactor,
        Instant createdAt) {

    static AccountView of(User user) {
        return new AccountView(
                user.userId(),
                user.email(),
                user.isEmailVerified(),
                user.firstName(),
                user.lastName(),
                user.role().code(),
                user.isActive(),
                user.hasSecondFactor(),
                user.createdAt());
    }

    /** One page of accounts, the newest first. */
    record Listed(List<AccountView> users, Pagination pagination) {
        static Listed of(Page<User> page) {
            return new Listed(page.items().stream().map(AccountView::of).toList(), Pagination.of(page));
        }
    }
}
