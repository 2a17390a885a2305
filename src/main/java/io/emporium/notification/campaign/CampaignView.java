package io.emporium.notification.campaign;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.emporium.shared.Money;
import io.emporium.shared.Page;
import io.emporium.web.Pagination;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A campaign as an admin sees it.
 *
 * @param rate mails a second that it may send
 * @param progress absent in a list
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record CampaignView(
        @Schema(examples = "1") long campaignId,
        CampaignStatus status,
        @Schema(examples = "Autumn sale, {{first_name}}") String subject,
        @Schema(examples = "Everything for autumn") String title,

        @Schema(examples = "**20 % off** all lamps until Sunday.")
        String content,

        @Nullable String ctaText,
        @Nullable String ctaLink,
        Audience audience,
        @Schema(examples = "50") int rate,
        @Nullable Instant scheduledAt,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Progress progress) {

    /** Who is meant, of those who have consented. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Audience(
            @Nullable String boughtCategory,
            @Nullable Money spentAtLeast,
            @Nullable String currency,
            @Nullable LocalDate inactiveSince) {}

    /**
     * How far it is, in people. {@code queued + sent + failed + bounced + skipped = recipients}.
     *
     * @param recipients who is in the audience, so far
     * @param audienceComplete whether that is all of them
     * @param queued who has no mail yet
     * @param sent whose mail the mail server has taken
     * @param failed whose mail it refused five times; an admin can replay those
     * @param bounced whose mail came back
     * @param skipped who had withdrawn consent, was locked or could not be written to when it was their turn
     * @param unsubscribed who has unsubscribed by a link of this campaign
     * @param clicked who has followed its call to action; programs that look through mails count too
     * @param percent of the recipients who are done with, rounded down; 0 while the audience is not complete
     * @param sentPerSecond on the average since it began, pauses included; absent until a second has passed
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Progress(
            @Schema(examples = "1000") long recipients,
            boolean audienceComplete,
            @Schema(examples = "600") long queued,
            @Schema(examples = "390") long sent,
            long failed,
            long bounced,
            @Schema(examples = "10") long skipped,
            @Schema(examples = "3") long unsubscribed,
            @Schema(examples = "27") long clicked,
            @Schema(examples = "40") int percent,
            @Schema(examples = "49.8") @Nullable BigDecimal sentPerSecond) {

        static Progress of(Campaign campaign, CampaignCounts counts, Instant now) {
            long done = counts.recipients() - counts.queued();
            int percent =
                    counts.audienceComplete() && counts.recipients() > 0 ? (int) (done * 100 / counts.recipients()) : 0;
            return new Progress(
                    counts.recipients(),
                    counts.audienceComplete(),
                    counts.queued(),
                    counts.sent(),
                    counts.failed(),
                    counts.bounced(),
                    counts.skipped(),
                    counts.unsubscribed(),
                    counts.clicked(),
                    counts.audienceComplete() && counts.recipients() == 0 ? 100 : percent,
                    perSecond(campaign, counts.sent() + counts.bounced(), now));
        }

        private static @Nullable BigDecimal perSecond(Campaign campaign, long sent, Instant now) {
            Instant began = campaign.startedAt;
            if (began == null) {
                return null;
            }
            Instant ended = campaign.finishedAt == null ? now : campaign.finishedAt;
            long millis = Duration.between(began, ended).toMillis();
            return millis < 1_000
                    ? null
                    : BigDecimal.valueOf(sent * 1_000).divide(BigDecimal.valueOf(millis), 1, RoundingMode.HALF_UP);
        }
    }

    /** A page of them, newest first, without their progress. */
    record Listed(List<CampaignView> campaigns, Pagination pagination) {
        static Listed of(Page<Campaign> page) {
            return new Listed(
                    page.items().stream().map(one -> CampaignView.of(one, null)).toList(), Pagination.of(page));
        }
    }

    /** What a recipient would get. */
    record Preview(@Schema(examples = "Autumn sale, Ada") String subject, String html, String text) {}

    static CampaignView of(Campaign campaign, @Nullable Progress progress) {
        BigDecimal spent = campaign.spentAtLeast;
        return new CampaignView(
                campaign.campaignId,
                campaign.status,
                campaign.subject,
                campaign.title,
                campaign.content,
                campaign.ctaText,
                campaign.ctaLink,
                new Audience(
                        campaign.boughtCategory,
                        spent == null ? null : Money.of(spent, campaign.currency),
                        spent == null ? null : campaign.currency,
                        campaign.inactiveSince),
                campaign.rate,
                campaign.scheduledAt,
                campaign.createdAt,
                campaign.updatedAt,
                campaign.startedAt,
                campaign.finishedAt,
                progress);
    }
}
