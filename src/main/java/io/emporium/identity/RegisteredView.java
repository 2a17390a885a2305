package io.emporium.identity;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An account that was just opened (low-level-design 4.1.1). */
record RegisteredView(
        @Schema(examples = "1") long userId,
        @Schema(examples = "user@example.com") String email,
        @Schema(examples = "John") String firstName,
        @Schema(examples = "Doe") String lastName) {}
