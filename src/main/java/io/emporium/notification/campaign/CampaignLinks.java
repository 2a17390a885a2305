package io.emporium.notification.campaign;

import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Where the links in mails lead: to this shop's own door, as customers reach it. */
@Singleton
class CampaignLinks {
    /** In the place of a token, in a mail that only an admin gets. */
    static final String TEST = "test";

    private final Optional<String> publicUrl;

    CampaignLinks(@ConfigProperty(name = "emporium.public-url") Optional<String> publicUrl) {
        this.publicUrl = publicUrl.map(url -> url.strip().replaceAll("/+$", "")).filter(url -> !url.isEmpty());
    }

    boolean areKnown() {
        return publicUrl.isPresent();
    }

    String unsubscribe(String token) {
        return base() + "/api/v1/unsubscribe/" + token;
    }

    /** Redirects to the call to action of the campaign that the token belongs to. */
    String click(String token) {
        return base() + "/api/v1/c/" + token;
    }

    /** @throws io.emporium.shared.Refusal if nobody has said where that is */
    private String base() {
        return publicUrl.orElseThrow(CampaignError::noPublicUrl);
    }
}
