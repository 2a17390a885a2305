package io.emporium.identity;

import io.emporium.web.OneLine;
import io.emporium.web.PlainText;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A key for a program.
 *
 * @param name what it is for, by which people tell it from others
 * @param scopes what it may do: products:read, products:write, inventory:read, inventory:write, orders:read, orders:write
 * @param expiresInDays how long it holds, 1 to 366 days; 90 where nothing is said
 * @param password of whoever makes it: a key outlives the session in which it is made
 * @param rate how many requests a minute it has, 1 to 10,000; 300 where nothing is said
 */
record ApiKeyRequest(
        @NotBlank @Size(max = 100) @OneLine @Schema(examples = "Warehouse scanner")
        String name,

        @NotEmpty @Size(max = 20) @Schema(examples = "[\"inventory:read\",\"inventory:write\"]")
        List<@NotNull @Size(max = 40) String> scopes,

        @Min(1) @Max(366) @Schema(examples = "90") @Nullable Integer expiresInDays,

        @Min(1) @Max(10_000) @Schema(examples = "300") @Nullable
        Integer rate,

        @Schema(examples = "SecurePass123!") @NotNull @Size(max = 1000) @PlainText
        String password) {

    /** Without the password: a request may end up in a log. */
    @Override
    public String toString() {
        return "ApiKeyRequest[name=" + name + ", scopes=" + scopes + "]";
    }
}
