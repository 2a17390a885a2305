package io.emporium.order;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.emporium.web.PlainText;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
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
        @NotBlank
        @Size(max = 100)
        @PlainText
        @Pattern(regexp = ONE_LINE, message = MUST_BE_ONE_LINE)
        @Schema(examples = "DHL")
        String carrier,

        @NotBlank
        @Size(max = 100)
        @PlainText
        @Pattern(regexp = ONE_LINE, message = MUST_BE_ONE_LINE)
        @Schema(examples = "00340434161094042557")
        String trackingNumber,

        @Nullable @JsonFormat(lenient = OptBoolean.FALSE) @Schema(examples = "2026-12-01")
        LocalDate estimatedDelivery) {

    // It goes into mails and onto labels.
    private static final String ONE_LINE = "[^\\r\\n\\t\\u2028\\u2029]*";
    private static final String MUST_BE_ONE_LINE = "must be one line";
}
