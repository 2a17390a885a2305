package io.emporium.notification.campaign;

import jakarta.inject.Singleton;
import java.net.URI;
import java.util.List;
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

    /**
     * Whether mails may leave with them. To unsubscribe mail providers post to https only (RFC 8058); no provider reaches this
     * machine itself.
     *
     * @throws io.emporium.shared.Refusal if not
     */
    void check() {
        if (!isPostedTo(base())) {
            throw CampaignError.publicUrlNotSecure();
        }
    }

    private static boolean isPostedTo(String url) {
        try {
            URI at = URI.create(url);
            boolean isHere = List.of("localhost", "127.0.0.1", "[::1]").contains(String.valueOf(at.getHost()));
            return isHere || (at.getHost() != null && "https".equalsIgnoreCase(at.getScheme()));
        } catch (IllegalArgumentException noUrl) {
            return false;
        }
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
