package io.emporium.search;

import io.emporium.search.SearchJobs.Job;
import io.emporium.search.SearchJobs.Kind;
import io.emporium.shared.Refusal;
import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.emporium.web.AuditLog;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestResponse;

/** Work on the search index, for those who run the shop (docs/search.md). */
@Path("/api/v1/admin/search")
@Tag(name = "Search index")
@RunOnVirtualThread
class SearchAdminResource {
    private final SearchJobs jobs;
    private final AuditLog audit;

    SearchAdminResource(SearchJobs jobs, AuditLog audit) {
        this.jobs = jobs;
        this.audit = audit;
    }

    @POST
    @Path("/rebuild")
    @Operation(
            operationId = "rebuildSearchIndex",
            summary = "Builds the search index anew",
            description =
                    "Beside the old one, which goes on being found with and takes changes until the new one is complete and"
                            + " takes its place. One at a time: asked for again while it runs, this answers with the one that"
                            + " runs. A worker begins it within a second or two, and begins anew if the worker dies.")
    @Extension(name = ApiDocument.STATUSES, value = "202")
    @ResponseStatus(202)
    public RestResponse<Answer<SearchJobView>> rebuild() {
        return request(Kind.REBUILD);
    }

    @GET
    @Path("/rebuild")
    @Extension(name = ApiDocument.ERRORS, value = "RESOURCE_NOT_FOUND")
    @Operation(
            operationId = "getSearchIndexRebuild",
            summary = "How far the rebuild is",
            description = "The one that runs, or the last one. 404 if there was none yet.")
    public Answer<SearchJobView> rebuilt() {
        return Answer.of(latest(Kind.REBUILD));
    }

    @POST
    @Path("/check")
    @Operation(
            operationId = "checkSearchIndex",
            summary = "Compares the search index with the database and repairs it",
            description = "Products that the index has not, has otherwise or has although they are not sold are indexed"
                    + " again, within seconds. One at a time, as the rebuild.")
    @Extension(name = ApiDocument.STATUSES, value = "202")
    @ResponseStatus(202)
    public RestResponse<Answer<SearchJobView>> check() {
        return request(Kind.CHECK);
    }

    @GET
    @Path("/check")
    @Extension(name = ApiDocument.ERRORS, value = "RESOURCE_NOT_FOUND")
    @Operation(
            operationId = "getSearchIndexCheck",
            summary = "What the check has found",
            description = "The one that runs, or the last one. 404 if there was none yet.")
    public Answer<SearchJobView> checked() {
        return Answer.of(latest(Kind.CHECK));
    }

    private RestResponse<Answer<SearchJobView>> request(Kind kind) {
        boolean isNew = QuarkusTransaction.requiringNew().call(() -> {
            boolean requested = jobs.request(kind, "asked for");
            if (requested) {
                audit.record("search." + kind.code() + "_requested", "search_index", kind.code(), null, null);
            }
            return requested;
        });
        String message = isNew ? "It begins within a second or two" : "There is one already";
        return RestResponse.status(RestResponse.Status.ACCEPTED, Answer.of(message, latest(kind)));
    }

    private SearchJobView latest(Kind kind) {
        Job job = jobs.latest(kind).orElseThrow(() -> Refusal.notFound("Search index " + kind.code()));
        return SearchJobView.of(job);
    }
}
