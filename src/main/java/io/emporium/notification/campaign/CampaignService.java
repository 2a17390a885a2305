package io.emporium.notification.campaign;

import io.emporium.identity.User;
import io.emporium.notification.email.Promotions;
import io.emporium.notification.email.Promotions.Addressee;
import io.emporium.shared.Page;
import io.emporium.web.AuditLog;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** What an admin does with campaigns. Sending them is {@link CampaignWorker}'s. */
@ApplicationScoped
class CampaignService {
    private final EntityManager database;
    private final Promotions promotions;
    private final CampaignLinks links;
    private final AuditLog audit;
    private final Clock clock;
    private final String currency;

    CampaignService(
            EntityManager database,
            Promotions promotions,
            CampaignLinks links,
            AuditLog audit,
            Clock clock,
            @ConfigProperty(name = "emporium.currency") String currency) {
        this.database = database;
        this.promotions = promotions;
        this.links = links;
        this.audit = audit;
        this.clock = clock;
        this.currency = currency;
    }

    @Transactional
    CampaignView create(long adminId, CampaignRequest request) {
        Campaign campaign = Campaign.draft(request, currency, adminId, clock.instant());
        campaign.persistAndFlush();
        CampaignView view = view(campaign);
        audit.record("campaign.created", "campaign", campaign.campaignId, null, view);
        return view;
    }

    @Transactional
    CampaignView edit(long campaignId, CampaignRequest request) {
        return changed(campaignId, "campaign.edited", campaign -> campaign.edit(request, currency, clock.instant()));
    }

    @Transactional
    CampaignView get(long campaignId) {
        return view(Campaign.<Campaign>findByIdOptional(campaignId).orElseThrow(CampaignError::notFound));
    }

    @Transactional
    CampaignView.Listed list(@Nullable CampaignStatus status, int page, int limit) {
        Page<Campaign> found = Campaign.pageOf(status, page, limit);
        return CampaignView.Listed.of(found);
    }

    /** Now, or when it is scheduled for. */
    @Transactional
    CampaignView send(long campaignId) {
        links.check();
        return changed(campaignId, "campaign.sent", campaign -> campaign.send(clock.instant()));
    }

    @Transactional
    CampaignView pause(long campaignId) {
        return changed(campaignId, "campaign.paused", campaign -> campaign.pause(clock.instant()));
    }

    @Transactional
    CampaignView resume(long campaignId) {
        links.check();
        return changed(campaignId, "campaign.resumed", campaign -> campaign.resume(clock.instant()));
    }

    @Transactional
    CampaignView cancel(long campaignId) {
        return changed(campaignId, "campaign.cancelled", campaign -> campaign.cancel(clock.instant()));
    }

    /** As the admin would get it, and nothing leaves. */
    @Transactional
    CampaignView.Preview preview(long adminId, long campaignId) {
        Campaign campaign = Campaign.<Campaign>findByIdOptional(campaignId).orElseThrow(CampaignError::notFound);
        Promotions.Written mail = promotions.write(message(campaign), toAdmin(campaign, adminId));
        return new CampaignView.Preview(mail.subject(), mail.html(), mail.text());
    }

    /** One mail to the admin alone, whatever they have consented to: they have just asked for it. */
    @Transactional
    void test(long adminId, long campaignId) {
        links.check();
        Campaign campaign = Campaign.<Campaign>findByIdOptional(campaignId).orElseThrow(CampaignError::notFound);
        promotions.send(message(campaign), List.of(toAdmin(campaign, adminId)));
        audit.record("campaign.tested", "campaign", campaignId, null, null);
    }

    private Addressee toAdmin(Campaign campaign, long adminId) {
        User admin = User.<User>findByIdOptional(adminId).orElseThrow(CampaignError::notFound);
        return new Addressee(
                null,
                adminId,
                admin.email(),
                admin.firstName(),
                campaign.ctaLink,
                links.unsubscribe(CampaignLinks.TEST));
    }

    private static Promotions.Message message(Campaign campaign) {
        return new Promotions.Message(
                // Each test is a mail of its own, and none of them is the campaign's.
                UUID.randomUUID(),
                campaign.subject,
                campaign.title,
                Markdown.html(campaign.content),
                Markdown.text(campaign.content),
                campaign.ctaText);
    }

    private CampaignView changed(long campaignId, String action, Consumer<Campaign> change) {
        Campaign campaign = Campaign.locked(campaignId).orElseThrow(CampaignError::notFound);
        CampaignStatus before = campaign.status;
        change.accept(campaign);
        campaign.flush();
        audit.record(
                action,
                "campaign",
                campaignId,
                Map.of("status", before),
                action.equals("campaign.edited") ? view(campaign) : Map.of("status", campaign.status));
        return view(campaign);
    }

    private CampaignView view(Campaign campaign) {
        return CampaignView.of(
                campaign,
                CampaignView.Progress.of(campaign, CampaignCounts.of(database, campaign.campaignId), clock.instant()));
    }
}
