package io.emporium.identity;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.emporium.web.OneLine;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * An address as its owner writes it (low-level-design 3.2.7).
 *
 * @param isDefault true makes it the default in place of the one that was; missing leaves that as it is
 */
record AddressRequest(
        @Schema(examples = "123 Main St") @JsonDeserialize(using = Stripped.class) @NotBlank @Size(max = 255) @OneLine
        String addressLine1,

        @Schema(examples = "Apt 4B") @JsonDeserialize(using = Stripped.class) @Size(max = 255) @OneLine @Nullable
        String addressLine2,

        @Schema(examples = "New York") @JsonDeserialize(using = Stripped.class) @NotBlank @Size(max = 100) @OneLine
        String city,

        @Schema(examples = "NY") @JsonDeserialize(using = Stripped.class) @NotBlank @Size(max = 100) @OneLine
        String state,

        @Schema(examples = "10001") @JsonDeserialize(using = Stripped.class) @NotBlank @Size(max = 20) @OneLine
        String postalCode,

        @Schema(examples = "USA") @JsonDeserialize(using = Stripped.class) @NotBlank @Size(max = 100) @OneLine
        String country,

        @Nullable Boolean isDefault) {}
