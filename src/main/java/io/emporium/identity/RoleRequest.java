package io.emporium.identity;

import io.emporium.web.PlainText;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What somebody shall be.
 *
 * @param role customer, support, catalog_manager or admin
 */
record RoleRequest(
        @NotBlank @Size(max = 20) @PlainText @Schema(examples = "support")
        String role) {}
