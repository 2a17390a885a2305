package io.emporium.notification.email;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** How bounces come to us. */
@ConfigMapping(prefix = "emporium.bounces")
interface BounceSettings {
    /** MAIL_BOUNCE_SECRET: what the mail server's hook signs them with, at least 16 characters; without it none are taken. */
    Optional<String> secret();

    /** How far the time stamp of a report may be from our clock. */
    @WithDefault("5m")
    Duration tolerance();
}
