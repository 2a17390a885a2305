package io.emporium.identity;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Signing in with an authenticator app's code beside the password (docs/accounts.md). */
@ConfigMapping(prefix = "emporium.second-factor")
interface SecondFactorSettings {
    /**
     * {@code SECOND_FACTOR_KEY}: with which the apps' secrets are sealed where they are stored; any text of 32 characters or more. Of
     * several, separated by commas, the first seals and all open. Needed in production.
     */
    Optional<List<String>> keys();

    /** {@code ADMINS_NEED_SECOND_FACTOR}: whether an admin who has none can do nothing but turn one on. */
    boolean adminsNeedOne();

    /** How long there is to show the code, once the password was right. */
    Duration challengeExpiry();

    /** Under which name apps list the code: the shop's. */
    String issuer();
}
