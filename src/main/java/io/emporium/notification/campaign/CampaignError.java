package io.emporium.notification.campaign;

import io.emporium.shared.Refusal;
import java.util.List;
import java.util.Map;

/** Every way the campaigns say no. */
final class CampaignError {
    private CampaignError() {}

    static Refusal notFound() {
        return Refusal.notFound("Campaign");
    }

    /** A token that is none of ours, or no token at all: the two are told apart by nobody. */
    static Refusal linkNotFound() {
        return Refusal.notFound("Link");
    }

    static Refusal unknownStatus() {
        return invalid("status", "must be draft, scheduled, sending, paused, finished or cancelled");
    }

    static Refusal invalid(String field, String message) {
        return new Refusal(
                Refusal.Code.VALIDATION_ERROR,
                "The request is not valid",
                Map.of("fields", List.of(Map.of("field", field, "message", message))));
    }

    static Refusal notADraft(CampaignStatus status) {
        return new Refusal(
                Refusal.Code.INVALID_STATUS_TRANSITION,
                "Only a draft can be changed, and this campaign is " + status.code(),
                Map.of("status", status));
    }

    static Refusal cannotMove(CampaignStatus from, CampaignStatus to) {
        return new Refusal(
                Refusal.Code.INVALID_STATUS_TRANSITION,
                "A campaign that is " + from.code() + " cannot become " + to.code(),
                Map.of("from", from, "to", to));
    }

    /** Mail providers would not post there, and show no button. */
    static Refusal publicUrlNotSecure() {
        return new Refusal(
                Refusal.Code.INVALID_STATUS_TRANSITION,
                "Nothing can be sent until PUBLIC_URL is https: mail providers unsubscribe nobody by any other way");
    }

    /** Without it no mail has a link to unsubscribe with, and none may leave. */
    static Refusal noPublicUrl() {
        return new Refusal(
                Refusal.Code.INVALID_STATUS_TRANSITION,
                "Nothing can be sent until PUBLIC_URL says where customers reach this shop: mails need a link to unsubscribe with");
    }
}
