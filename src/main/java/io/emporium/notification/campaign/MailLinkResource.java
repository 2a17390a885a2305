package io.emporium.notification.campaign;

import io.emporium.web.Answer;
import io.quarkus.qute.Engine;
import io.quarkus.qute.Template;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Where the links in campaigns lead: for everybody who has one, signed in or not. */
@Path("/api/v1")
@Tag(name = "Mail links")
@RunOnVirtualThread
@APIResponse(
        responseCode = "404",
        description = "Nobody's link; a page to a browser",
        content = {
            @Content(mediaType = "application/json", schema = @Schema(ref = "#/components/schemas/Failure")),
            @Content(mediaType = "text/html", schema = @Schema(type = SchemaType.STRING))
        })
class MailLinkResource {
    private static final String PAGE = "<!DOCTYPE html><html lang=\"en\">…</html>";
    private final MailLinks links;
    private final Template page;
    private final String policy;

    MailLinkResource(MailLinks links, Engine templates) {
        this.links = links;
        this.page = Objects.requireNonNull(templates.getTemplate("page/unsubscribe.html"));
        String style = page.render(Map.of("what", "")).replaceFirst("(?s).*<style>(.*)</style>.*", "$1");
        String hash = Base64.getEncoder().encodeToString(LinkToken.sha256(style.getBytes(StandardCharsets.UTF_8)));
        // No script, no picture, no frame; that one style, and a form that leads back to the page.
        this.policy = "default-src 'none'; style-src 'sha256-" + hash
                + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    }

    /** A page with a button, and nothing more: programs that look through mails follow every link. */
    @GET
    @Path("/unsubscribe/{token}")
    @Operation(
            operationId = "askToUnsubscribe",
            summary = "The page behind a mail's link to unsubscribe",
            description = "Changes nothing: it shows a button, which posts.")
    @APIResponse(
            responseCode = "200",
            description = "The page",
            content = @Content(mediaType = "text/html", schema = @Schema(type = SchemaType.STRING), example = PAGE))
    public Response ask(
            @PathParam("token") String token,
            @Schema(hidden = true) @HeaderParam(HttpHeaders.ACCEPT) @Nullable String accept) {
        if (token.equals(CampaignLinks.TEST)) {
            return page(200, "test");
        }
        return links.canUnsubscribe(token) ? page(200, "ask") : notFound(accept);
    }

    /** At once, and again is the same. */
    @POST
    @Path("/unsubscribe/{token}")
    @Operation(
            operationId = "unsubscribe",
            summary = "No more promotions, with one click",
            description = "For the button of that page and for mail providers (RFC 8058), which post"
                    + " `List-Unsubscribe=One-Click`: the token alone says who. Withdraws the consent to promotions at once; again"
                    + " is the same. Answers a page to a browser.")
    @APIResponse(
            responseCode = "200",
            description = "Unsubscribed",
            content = {
                @Content(
                        mediaType = "application/json",
                        schema = @Schema(implementation = Answer.class),
                        example = "{\"success\":true,\"message\":\"You are unsubscribed\"}"),
                @Content(mediaType = "text/html", schema = @Schema(type = SchemaType.STRING), example = PAGE)
            })
    public Response unsubscribe(
            @PathParam("token") String token,
            @Schema(hidden = true) @HeaderParam(HttpHeaders.ACCEPT) @Nullable String accept) {
        if (token.equals(CampaignLinks.TEST)) {
            return page(200, "test");
        }
        if (!links.unsubscribe(token)) {
            return notFound(accept);
        }
        return isBrowser(accept)
                ? page(200, "done")
                : bare(Response.ok(Answer.done("You are unsubscribed"), MediaType.APPLICATION_JSON_TYPE));
    }

    /** To where the campaign leads, and nowhere else. */
    @GET
    @Path("/c/{token}")
    @Operation(
            operationId = "followCampaignLink",
            summary = "A campaign's call to action",
            description = "Redirects to the campaign's own link and counts whose mail it was in, once.")
    @APIResponse(responseCode = "302", description = "To the campaign's link")
    public Response follow(
            @PathParam("token") String token,
            @Schema(hidden = true) @HeaderParam(HttpHeaders.ACCEPT) @Nullable String accept) {
        return links.follow(token)
                .map(target -> bare(Response.status(302).location(URI.create(target))))
                .orElseGet(() -> notFound(accept));
    }

    private Response notFound(@Nullable String accept) {
        if (isBrowser(accept)) {
            return page(404, "unknown");
        }
        throw CampaignError.linkNotFound();
    }

    private Response page(int status, String what) {
        return bare(Response.status(status)
                .entity(page.render(Map.of("what", what)))
                .type("text/html;charset=UTF-8")
                .header("Content-Security-Policy", policy));
    }

    /** The address is a right: it goes into no cache, no index and no other site's log. */
    private static Response bare(Response.ResponseBuilder answer) {
        return answer.header(HttpHeaders.CACHE_CONTROL, "no-store")
                .header("Referrer-Policy", "no-referrer")
                .header("X-Robots-Tag", "noindex")
                .build();
    }

    private static boolean isBrowser(@Nullable String accept) {
        return accept != null && accept.toLowerCase(Locale.ROOT).contains("text/html");
    }
}
