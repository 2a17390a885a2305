package io.emporium.identity;

import jakarta.validation.constraints.NotNull;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Over which channels somebody wants to hear from us (low-level-design 4.6.3); asked and answered in the same form.
 *
 * @param promotionalEmails consent to promotions: false until they say otherwise
 */
record PreferencesView(
        @NotNull @Schema(examples = "true") Boolean emailNotifications,
        @NotNull Boolean smsNotifications,
        @NotNull Boolean pushNotifications,
        @NotNull @Schema(examples = "false") Boolean promotionalEmails) {

    static PreferencesView of(NotificationPreferences preferences) {
        return new PreferencesView(
                preferences.email(), preferences.sms(), preferences.push(), preferences.promotional());
    }
}
