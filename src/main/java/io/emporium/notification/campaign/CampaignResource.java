package io.emporium.notification.campaign;

import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.emporium.web.Caller;
import io.emporium.web.Idempotency;
import io.emporium.web.PlainText;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.util.function.Supplier;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.Nullable;

/** Promotions to customers who have agreed to them (contract.md "Endpoints"; docs/campaigns.md). */
@Path("/api/v1/campaigns")
@Tag(name = "Campaigns")
@RunOnVirtualThread
class CampaignResource {
    private static final String MOVES = "INVALID_STATUS_TRANSITION";

    private final CampaignService campaigns;
    private final Idempotency idempotency;
    private final Caller caller;

    CampaignResource(CampaignService campaigns, Idempotency idempotency, Caller caller) {
        this.campaigns = campaigns;
        this.idempotency = idempotency;
        this.caller = caller;
    }

    /** A draft: nothing leaves before it is sent. */
    @POST
    @Extension(name = ApiDocument.STATUSES, value = "201")
    @ResponseStatus(201)
    @Operation(
            operationId = "createCampaign",
            summary = "Write a campaign",
            description =
                    "A draft: nothing leaves before it is sent. `content` is Markdown; HTML in it is shown as text, and links"
                            + " lead to http(s) and mailto only. `{{first_name}}` stands for the recipient's. It goes to customers"
                            + " who have consented to promotions, and of those to whom all of `audience` fits: who bought something of"
                            + " a category, has spent so much in all (less refunds, in the shop's currency), has neither registered nor"
                            + " signed in nor ordered since a day. `rate` is mails a second, 50 by default.")
    public Answer<CampaignView> create(
            @HeaderParam(Idempotency.HEADER) @Nullable String key, @Valid @NotNull CampaignRequest request) {
        long adminId = caller.userId();
        return idempotency.inOneTransaction(
                new Idempotency.Request(adminId, key, "POST /campaigns", request, 201),
                () -> Answer.of("Campaign created", campaigns.create(adminId, request)));
    }

    /** Newest first. */
    @GET
    @Operation(
            operationId = "getCampaigns",
            summary = "All campaigns, newest first",
            description = "Without their progress: that is counted for one at a time.")
    public Answer<CampaignView.Listed> list(
            @QueryParam("status") @Size(max = 20) @PlainText @Nullable String status,
            @QueryParam("page") @DefaultValue("1") @Min(1) @Max(100_000) int page,
            @QueryParam("limit") @DefaultValue("20") @Min(1) @Max(100) int limit) {
        CampaignStatus wanted = status == null || status.isBlank()
                ? null
                : CampaignStatus.known(status.strip()).orElseThrow(CampaignError::unknownStatus);
        return Answer.of(campaigns.list(wanted, page, limit));
    }

    /** With what has become of its recipients. */
    @GET
    @Path("/{campaign_id}")
    @Operation(operationId = "getCampaign", summary = "A campaign and its progress")
    public Answer<CampaignView> get(@PathParam("campaign_id") long campaignId) {
        return Answer.of(campaigns.get(campaignId));
    }

    /** As long as it is a draft. */
    @PUT
    @Path("/{campaign_id}")
    @Extension(name = ApiDocument.ERRORS, value = MOVES)
    @Operation(
            operationId = "updateCampaign",
            summary = "Change a draft",
            description = "All of it: what is missing is removed.")
    public Answer<CampaignView> update(
            @PathParam("campaign_id") long campaignId, @Valid @NotNull CampaignRequest request) {
        return Answer.of("Campaign updated", campaigns.edit(campaignId, request));
    }

    /** Nothing leaves. */
    @POST
    @Path("/{campaign_id}/preview")
    @Operation(
            operationId = "previewCampaign",
            summary = "See the mail",
            description = "As you would get it, with your first name. Nothing leaves.")
    public Answer<CampaignView.Preview> preview(@PathParam("campaign_id") long campaignId) {
        return Answer.of(campaigns.preview(caller.userId(), campaignId));
    }

    /** To the caller's own address only. */
    @POST
    @Path("/{campaign_id}/test")
    @Extension(name = ApiDocument.ERRORS, value = MOVES)
    @Operation(
            operationId = "testCampaign",
            summary = "Send the mail to yourself",
            description =
                    "One mail to your own address. It counts nowhere, and its link to unsubscribe only says that it is a"
                            + " test. Errors: INVALID_STATUS_TRANSITION while PUBLIC_URL is not set or not https.")
    public Answer<Void> test(
            @HeaderParam(Idempotency.HEADER) @Nullable String key, @PathParam("campaign_id") long campaignId) {
        long adminId = caller.userId();
        return idempotency.inOneTransaction(
                new Idempotency.Request(adminId, key, "POST /campaigns/" + campaignId + "/test", "", 200), () -> {
                    campaigns.test(adminId, campaignId);
                    return Answer.done("Test mail is on its way to you");
                });
    }

    /** Now, or when it is scheduled for. */
    @POST
    @Path("/{campaign_id}/send")
    @Extension(name = ApiDocument.ERRORS, value = MOVES)
    @Operation(
            operationId = "sendCampaign",
            summary = "Send a draft",
            description = "Now, or at its `scheduled_at`. Of what is scheduled: now, if its time has come. Errors:"
                    + " INVALID_STATUS_TRANSITION if it is no draft, or while PUBLIC_URL is not set or not https.")
    public Answer<CampaignView> send(
            @HeaderParam(Idempotency.HEADER) @Nullable String key, @PathParam("campaign_id") long campaignId) {
        return move(key, campaignId, "send", "Campaign is on its way", () -> campaigns.send(campaignId));
    }

    /** Until it is resumed. */
    @POST
    @Path("/{campaign_id}/pause")
    @Extension(name = ApiDocument.ERRORS, value = MOVES)
    @Operation(
            operationId = "pauseCampaign",
            summary = "Stop sending for a while",
            description = "No mail leaves any more but the few that are being handed over at this moment.")
    public Answer<CampaignView> pause(
            @HeaderParam(Idempotency.HEADER) @Nullable String key, @PathParam("campaign_id") long campaignId) {
        return move(key, campaignId, "pause", "Campaign paused", () -> campaigns.pause(campaignId));
    }

    /** Where it stopped. */
    @POST
    @Path("/{campaign_id}/resume")
    @Extension(name = ApiDocument.ERRORS, value = MOVES)
    @Operation(operationId = "resumeCampaign", summary = "Go on sending where it stopped")
    public Answer<CampaignView> resume(
            @HeaderParam(Idempotency.HEADER) @Nullable String key, @PathParam("campaign_id") long campaignId) {
        return move(key, campaignId, "resume", "Campaign resumed", () -> campaigns.resume(campaignId));
    }

    /** For good. */
    @POST
    @Path("/{campaign_id}/cancel")
    @Extension(name = ApiDocument.ERRORS, value = MOVES)
    @Operation(
            operationId = "cancelCampaign",
            summary = "Stop a campaign for good",
            description =
                    "Whoever has no mail of it yet gets none, and counts as skipped within seconds. Links in mails that"
                            + " have left go on working.")
    public Answer<CampaignView> cancel(
            @HeaderParam(Idempotency.HEADER) @Nullable String key, @PathParam("campaign_id") long campaignId) {
        return move(key, campaignId, "cancel", "Campaign cancelled", () -> campaigns.cancel(campaignId));
    }

    private Answer<CampaignView> move(
            @Nullable String key, long campaignId, String how, String message, Supplier<CampaignView> work) {
        return idempotency.inOneTransaction(
                new Idempotency.Request(caller.userId(), key, "POST /campaigns/" + campaignId + "/" + how, "", 200),
                () -> Answer.of(message, work.get()));
    }
}
