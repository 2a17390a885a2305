package io.emporium.web;

import io.emporium.web.Permissions.Row;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;

/** Says once what holds for every operation: how it fails, who may call it, which headers it bears. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.RUNTIME_STARTUP)
public class ApiDocument implements OASFilter {
    /** The extension with which an operation names the codes that are its own, separated by commas. */
    public static final String ERRORS = "x-errors";

    /** The extension with which an operation names the statuses that it succeeds with, separated by commas; 200 without it. */
    public static final String STATUSES = "x-statuses";

    /** The extensions that tell who may call an operation, and with which scope an API key may. */
    private static final String ROLES = "x-roles";

    private static final String SCOPE = "x-api-key-scope";
    private static final String BEARER = "bearer";
    private static final String API_KEY = "api_key";

    @Override
    public void filterOpenAPI(OpenAPI document) {
        document.info(OASFactory.createInfo()
                .title("Emporium")
                .version("1")
                .description(
                        "The shop's REST API. Every answer is an envelope: success with data, or an error with a code. "
                                + "Times are ISO-8601 in UTC, money is a number with two decimals."));
        document.servers(List.of(OASFactory.createServer().url("/").description("Where this document comes from")));
        if (document.getComponents() == null) {
            document.components(OASFactory.createComponents());
        }
        document.getComponents().addSchema(DocumentedFailures.SCHEMA, DocumentedFailures.schema());
        Schema done = document.getComponents().getSchemas().get("AnswerVoid");
        if (done != null) {
            done.examples(List.of(Map.of("success", true, "message", "Item removed from cart")));
        }
        addWaysToShowWhoOneIs(document.getComponents());
        if (document.getPaths() != null && document.getPaths().getPathItems() != null) {
            document.getPaths()
                    .getPathItems()
                    .forEach((path, item) -> item.getOperations()
                            .forEach((method, operation) -> complete(method + " " + path, operation)));
            DocumentedNulls.tell(document);
        }
    }

    private static void addWaysToShowWhoOneIs(Components components) {
        components
                .addSecurityScheme(
                        BEARER,
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme("bearer")
                                .bearerFormat("JWT")
                                .description("The access token of POST /api/v1/auth/login"))
                .addSecurityScheme(
                        API_KEY,
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.APIKEY)
                                .in(SecurityScheme.In.HEADER)
                                .name(Caller.API_KEY_HEADER)
                                .description("A key of POST /api/v1/api-keys, for a program"));
    }

    private static void complete(String endpoint, Operation operation) {
        Row row = Permissions.of(endpoint);
        operation.security(null);
        if (row != null) {
            tell(row, operation);
        }
        if (operation.getResponses() == null) {
            operation.responses(OASFactory.createAPIResponses());
        }
        // Quarkus adds its own, which have no envelope.
        operation.getResponses().removeAPIResponse("400");
        operation.getResponses().removeAPIResponse("401");
        operation.getResponses().removeAPIResponse("403");
        succeed(operation);
        DocumentedFailures.tell(endpoint, operation, row != null && !row.isForAnybody());
        operation.addParameter(requestId());
        describeIdempotencyKey(operation);
        operation.getResponses().getAPIResponses().values().forEach(answer -> {
            if (answer.getRef() == null) {
                answer.addHeader(
                        RequestIds.HEADER,
                        OASFactory.createHeader()
                                .description("Names the request in our logs")
                                .schema(Schemas.text()));
            }
        });
    }

    /** Who may call it, and how they show who they are. */
    private static void tell(Row row, Operation operation) {
        if (!row.isForAnybody()) {
            operation.addSecurityRequirement(
                    OASFactory.createSecurityRequirement().addScheme(BEARER));
            operation.addExtension(ROLES, row.roles().stream().sorted().toList());
        }
        Scope scope = row.scope();
        if (scope != null) {
            operation.addSecurityRequirement(
                    OASFactory.createSecurityRequirement().addScheme(API_KEY));
            operation.addExtension(SCOPE, scope.code());
        }
    }

    /** Quarkus knows of a 200 only. */
    private static void succeed(Operation operation) {
        Object named = operation.getExtensions() == null
                ? null
                : operation.getExtensions().get(STATUSES);
        if (named == null) {
            return;
        }
        APIResponse success = operation.getResponses().getAPIResponse("200");
        operation.getResponses().removeAPIResponse("200");
        for (String status : String.valueOf(named).split(",", -1)) {
            operation.getResponses().addAPIResponse(status, status.equals("304") ? notModified() : copy(success));
        }
        operation.removeExtension(STATUSES);
    }

    private static APIResponse copy(APIResponse success) {
        return OASFactory.createAPIResponse()
                .description(success.getDescription())
                .content(success.getContent());
    }

    private static APIResponse notModified() {
        return OASFactory.createAPIResponse().description("As If-None-Match has it");
    }

    private static Parameter requestId() {
        return OASFactory.createParameter()
                .name(RequestIds.HEADER)
                .in(Parameter.In.HEADER)
                .description("Your name for this request; comes back on the answer")
                .schema(Schemas.text().pattern("[A-Za-z0-9._-]{1,100}"));
    }

    private static void describeIdempotencyKey(Operation operation) {
        operation.getParameters().stream()
                .filter(parameter -> Idempotency.HEADER.equals(parameter.getName()))
                .forEach(parameter -> parameter
                        .description(
                                "Makes a retry safe: the same key and body get the first answer again, for 24 hours")
                        .required(false)
                        .schema(Schemas.text().minLength(1).maxLength(255)));
    }
}
