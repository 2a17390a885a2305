package io.emporium.inventory;

import io.emporium.web.PlainText;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A change of the stock by hand.
 *
 * @param delta how many more, or with a minus how many fewer; not 0
 * @param note at most 255 characters
 */
@Schema(example = """
        {"delta":-2,"reason":"damaged","note":"fell off the fork-lift"}
        """)
record AdjustmentRequest(
        @NotNull @Min(-StockCount.MOST) @Max(StockCount.MOST)
        Integer delta,

        @NotNull @Pattern(regexp = "received|adjustment|damaged|lost|found|returned")
        String reason,

        @Size(max = 255) @PlainText @Nullable String note) {

    @AssertTrue(message = "must not be 0")
    @Schema(hidden = true)
    boolean isDelta() {
        return delta == null || delta != 0;
    }
}
