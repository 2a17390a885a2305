package io.emporium.notification.fcm;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** How Firebase Cloud Messaging is reached. Without a service account no push messages are sent. */
@ConfigMapping(prefix = "emporium.fcm")
interface FcmSettings {
    /** FIREBASE_SERVICE_ACCOUNT: the service account's JSON itself, or the path of the file that it is in. */
    Optional<String> serviceAccount();

    /** FCM_API_BASE: Google itself, or the stand-in of local mode. */
    @WithDefault("https://fcm.googleapis.com")
    URI apiBase();

    @WithDefault("3s")
    Duration connectTimeout();

    @WithDefault("8s")
    Duration readTimeout();
}
