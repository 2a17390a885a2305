package io.emporium.notification.campaign;

import io.emporium.web.OneLine;
import io.emporium.web.PlainText;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A campaign as an admin writes it. {@code {{first_name}}} stands for the recipient's in subject, title and content.
 *
 * @param subject of the mail, 1–200 characters in one line
 * @param title its heading, 1–200 characters in one line
 * @param content Markdown, 1–20,000 characters; HTML in it is shown as text; links lead to http(s) and mailto only
 * @param ctaText what the button says, at most 100 characters; with cta_link or not at all
 * @param ctaLink where it leads: an https URL of at most 2,000 characters
 * @param audience whom of those who consented; all of them by default
 * @param rate mails a second, 1–500; 50 by default
 * @param scheduledAt when sending it begins, within a year; at once by default
 */
record CampaignRequest(
        @NotBlank @Size(max = 200) @OneLine @Schema(examples = "Autumn sale, {{first_name}}")
        String subject,

        @NotBlank @Size(max = 200) @OneLine @Schema(examples = "Everything for autumn")
        String title,

        @NotBlank @Size(max = 20_000) @PlainText @Schema(examples = "**20 % off** all lamps until Sunday.")
        String content,

        @Size(max = 100) @OneLine @Schema(examples = "To the lamps") @Nullable
        String ctaText,

        @Size(max = 2_000) @PlainText @Schema(examples = "https://shop.example/lamps") @Nullable
        String ctaLink,

        @Valid @Nullable Filter audience,
        @Min(1) @Max(500) @Schema(examples = "50") @Nullable Integer rate,
        @Schema(examples = "2027-03-01T09:00:00Z") @Nullable Instant scheduledAt) {

    static final int DEFAULT_RATE = 50;

    private static final Duration FURTHEST = Duration.ofDays(366);
    private static final LocalDate EARLIEST = LocalDate.of(2000, 1, 1);

    /**
     * Who is meant: all that is given must fit.
     *
     * @param boughtCategory who has bought something that is in this category
     * @param spentAtLeast who has paid so much in all, less what was given back; in the shop's currency
     * @param inactiveSince who has neither registered nor signed in nor ordered on that day (UTC) or after it
     */
    record Filter(
            @Size(max = 100) @PlainText @Schema(examples = "lamps") @Nullable
            String boughtCategory,

            @DecimalMin("0.01")
            @DecimalMax("9999999999.99")
            @Digits(integer = 10, fraction = 2)
            @Schema(examples = "100.00")
            @Nullable
            BigDecimal spentAtLeast,

            @Schema(examples = "2026-01-31") @Nullable LocalDate inactiveSince) {}

    /** @throws io.emporium.shared.Refusal VALIDATION_ERROR for what no annotation can say */
    void check(Instant now) {
        if ((blankToNull(ctaText) == null) != (blankToNull(ctaLink) == null)) {
            throw CampaignError.invalid(
                    blankToNull(ctaText) == null ? "cta_text" : "cta_link", "cta_text and cta_link go together");
        }
        String link = blankToNull(ctaLink);
        if (link != null && !isHttps(link)) {
            throw CampaignError.invalid("cta_link", "must be an https URL");
        }
        if (scheduledAt != null && (scheduledAt.isBefore(now) || scheduledAt.isAfter(now.plus(FURTHEST)))) {
            throw CampaignError.invalid("scheduled_at", "must be within a year from now");
        }
        if (audience != null && audience.inactiveSince() != null) {
            LocalDate since = audience.inactiveSince();
            if (since.isBefore(EARLIEST)
                    || since.isAfter(now.atZone(ZoneOffset.UTC).toLocalDate())) {
                throw CampaignError.invalid("audience.inactive_since", "must be a day from 2000 until today");
            }
        }
    }

    static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }

    private static boolean isHttps(String link) {
        try {
            // As ASCII: a host that only looks like another is written as what it is.
            URI uri = new URI(link);
            return "https".equalsIgnoreCase(uri.getScheme())
                    && link.startsWith("https://")
                    && uri.getHost() != null
                    && uri.getUserInfo() == null
                    && link.chars().allMatch(c -> c > ' ' && c < 127);
        } catch (URISyntaxException no) {
            return false;
        }
    }
}
