package io.emporium.identity;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A device that push notifications go to.
 *
 * @param fcmToken as Firebase Cloud Messaging gave it to the app, at most 4,096 characters
 */
record DeviceRequest(
        @Schema(examples = "dGhlLWFwcA:APA91bH-example") @NotNull @Pattern(regexp = "[A-Za-z0-9:._-]{1,4096}")
        String fcmToken) {}
