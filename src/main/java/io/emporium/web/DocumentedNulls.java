package io.emporium.web;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What has no value is told as null, and of an answer's fields the document does not know which may have none: all may but those that
 * it calls required, and lists. What is sent to us is looked at by itself.
 */
final class DocumentedNulls {
    private DocumentedNulls() {}

    static void tell(OpenAPI document) {
        Map<String, Schema> schemas = document.getComponents().getSchemas();
        Set<String> answered = new HashSet<>();
        document.getPaths()
                .getPathItems()
                .values()
                .forEach(item -> item.getOperations()
                        .values()
                        .forEach(operation -> operation.getResponses().getAPIResponses().values().stream()
                                .filter(answer -> answer.getContent() != null)
                                .flatMap(answer -> answer.getContent().getMediaTypes().values().stream())
                                .forEach(media -> collect(media.getSchema(), schemas, answered))));
        answered.remove(DocumentedFailures.SCHEMA);
        answered.stream().map(schemas::get).forEach(DocumentedNulls::mayBeNull);
    }

    private static void collect(@Nullable Schema schema, Map<String, Schema> schemas, Set<String> into) {
        if (schema == null) {
            return;
        }
        String name = schema.getRef() == null
                ? null
                : schema.getRef().substring(schema.getRef().lastIndexOf('/') + 1);
        if (name != null && schemas.containsKey(name) && into.add(name)) {
            collect(schemas.get(name), schemas, into);
        }
        collect(schema.getItems(), schemas, into);
        collect(schema.getAdditionalPropertiesSchema(), schemas, into);
        if (schema.getProperties() != null) {
            schema.getProperties().values().forEach(property -> collect(property, schemas, into));
        }
    }

    private static void mayBeNull(Schema schema) {
        if (schema.getProperties() == null) {
            return;
        }
        List<String> required = schema.getRequired() == null ? List.of() : schema.getRequired();
        Map<String, Schema> properties = new LinkedHashMap<>(schema.getProperties());
        properties.replaceAll((name, property) -> required.contains(name) ? property : orNull(property));
        schema.setProperties(properties);
    }

    private static Schema orNull(Schema property) {
        if (property.getRef() != null) {
            return OASFactory.createSchema()
                    .anyOf(List.of(property, OASFactory.createSchema().type(List.of(Schema.SchemaType.NULL))));
        }
        List<Schema.SchemaType> types = property.getType();
        if (types == null || types.contains(Schema.SchemaType.NULL) || types.contains(Schema.SchemaType.ARRAY)) {
            return property;
        }
        List<Schema.SchemaType> both = new ArrayList<>(types);
        both.add(Schema.SchemaType.NULL);
        return property.type(both);
    }
}
