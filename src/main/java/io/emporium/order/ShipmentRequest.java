package io.emporium.order;

import io.emporium.web.PlainText;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.time.LocalDate;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A parcel handed to a carrier.
 *
 * @param estimatedDelivery a day, {@code 2026-12-01}
 */
public record ShipmentRequest(
        @NotBlank @Size(max = 100) @PlainText @Schema(examples = "DHL")
        String carrier,

        @NotBlank @Size(max = 100) @PlainText @Schema(examples = "00340434161094042557")
        String trackingNumber,

        @Nullable @Schema(examples = "2026-12-01") LocalDate estimatedDelivery) {}
