package io.emporium.notification.campaign;

import static io.emporium.notification.campaign.CampaignRequest.blankToNull;

import io.emporium.shared.Page;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import io.quarkus.panache.common.Parameters;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/**
 * A promotion and the life it has. How far its audience is made and its rate used up are columns of the worker's alone,
 * which are not here.
 */
@Entity
@Table(name = "campaigns")
class Campaign extends PanacheEntityBase {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "campaign_id")
    Long campaignId;

    @Column(name = "event_id", updatable = false)
    UUID eventId;

    String subject;

    String title;

    String content;

    @Nullable
    @Column(name = "cta_text")
    String ctaText;

    @Nullable
    @Column(name = "cta_link")
    String ctaLink;

    @Nullable
    @Column(name = "bought_category")
    String boughtCategory;

    @Nullable
    @Column(name = "spent_at_least")
    BigDecimal spentAtLeast;

    @JdbcTypeCode(SqlTypes.CHAR)
    @Column(length = 3)
    String currency;

    @Nullable
    @Column(name = "inactive_since")
    LocalDate inactiveSince;

    int rate;

    @Nullable
    @Column(name = "scheduled_at")
    Instant scheduledAt;

    CampaignStatus status;

    @Nullable
    @Column(name = "created_by", updatable = false)
    Long createdBy;

    @Column(name = "created_at", updatable = false)
    Instant createdAt;

    @Column(name = "updated_at")
    Instant updatedAt;

    @Nullable
    @Column(name = "started_at")
    Instant startedAt;

    @Nullable
    @Column(name = "finished_at")
    Instant finishedAt;

    @Version
    long version;

    /** For Hibernate. */
    protected Campaign() {}

    static Campaign draft(CampaignRequest request, String currency, long adminId, Instant now) {
        var campaign = new Campaign();
        campaign.eventId = UUID.randomUUID();
        campaign.status = CampaignStatus.DRAFT;
        campaign.createdBy = adminId;
        campaign.createdAt = now;
        campaign.write(request, currency, now);
        return campaign;
    }

    /** @throws io.emporium.shared.Refusal INVALID_STATUS_TRANSITION unless it is a draft */
    void edit(CampaignRequest request, String currency, Instant now) {
        if (status != CampaignStatus.DRAFT) {
            throw CampaignError.notADraft(status);
        }
        write(request, currency, now);
    }

    private void write(CampaignRequest request, String shopCurrency, Instant now) {
        request.check(now);
        CampaignRequest.Filter filter = request.audience();
        this.subject = request.subject().strip();
        this.title = request.title().strip();
        this.content = request.content();
        this.ctaText = blankToNull(request.ctaText());
        this.ctaLink = blankToNull(request.ctaLink());
        this.boughtCategory = filter == null ? null : blankToNull(filter.boughtCategory());
        this.spentAtLeast = filter == null ? null : filter.spentAtLeast();
        this.inactiveSince = filter == null ? null : filter.inactiveSince();
        this.currency = shopCurrency;
        this.rate = request.rate() == null ? CampaignRequest.DEFAULT_RATE : request.rate();
        this.scheduledAt = request.scheduledAt();
        this.updatedAt = now;
    }

    /** Now, or when it is scheduled for. */
    void send(Instant now) {
        if (scheduledAt != null && scheduledAt.isAfter(now)) {
            move(CampaignStatus.SCHEDULED, now);
        } else {
            // Not for one that is paused: that is resumed.
            if (status == CampaignStatus.PAUSED) {
                throw CampaignError.cannotMove(status, CampaignStatus.SENDING);
            }
            move(CampaignStatus.SENDING, now);
            startedAt = now;
        }
    }

    /** No mail leaves from now on, but those that are in the sender's hands. */
    void pause(Instant now) {
        move(CampaignStatus.PAUSED, now);
    }

    /** Goes on where it stopped. */
    void resume(Instant now) {
        if (status != CampaignStatus.PAUSED) {
            throw CampaignError.cannotMove(status, CampaignStatus.SENDING);
        }
        move(CampaignStatus.SENDING, now);
    }

    /** Whoever has no mail of it yet gets none. */
    void cancel(Instant now) {
        move(CampaignStatus.CANCELLED, now);
        finishedAt = now;
    }

    private void move(CampaignStatus to, Instant now) {
        if (!status.next().contains(to)) {
            throw CampaignError.cannotMove(status, to);
        }
        status = to;
        updatedAt = now;
    }

    /** Nobody else moves it, and no worker steps on with it, until this transaction ends. */
    static Optional<Campaign> locked(long campaignId) {
        return Campaign.<Campaign>find("campaignId", campaignId)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .firstResultOptional();
    }

    /** Newest first. */
    static Page<Campaign> pageOf(@Nullable CampaignStatus status, int page, int limit) {
        String which = status == null ? "1 = 1" : "status = :status";
        Parameters parameters = status == null ? new Parameters() : Parameters.with("status", status);
        var items = Campaign.<Campaign>find(which + " ORDER BY campaignId DESC", parameters)
                .page(page - 1, limit)
                .list();
        return new Page<>(items, page, limit, count(which, parameters));
    }
}
