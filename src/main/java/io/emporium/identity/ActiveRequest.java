package io.emporium.identity;

import jakarta.validation.constraints.NotNull;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Whether somebody may sign in.
 *
 * @param isActive false: no, and whoever is signed in is so no longer
 */
record ActiveRequest(
        @NotNull @Nullable @Schema(examples = "false") Boolean isActive) {}
