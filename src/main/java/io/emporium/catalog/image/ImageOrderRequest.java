package io.emporium.catalog.image;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** @param imageIds all that are ready, each once; the first is the product's {@code image_url} */
@Schema(example = """
        {"image_ids":[9,7,8]}
        """)
record ImageOrderRequest(@NotNull @Size(max = 100) List<@NotNull Long> imageIds) {}
