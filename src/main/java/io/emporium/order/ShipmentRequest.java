package io.emporium.order;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.emporium.web.OneLine;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.time.LocalDate;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A parcel handed to a carrier.
 *
 * @param estimatedDelivery a day, {@code 2026-12-01}; today or later
 */
public record ShipmentRequest(
        @NotBlank @Size(max = 100) @OneLine @Schema(examples = "DHL")
        String carrier,

        @NotBlank @Size(max = 100) @OneLine @Schema(examples = "00340434161094042557")
        String trackingNumber,

        @Nullable @JsonFormat(lenient = OptBoolean.FALSE) @Schema(examples = "2026-12-01")
        LocalDate estimatedDelivery) {}
