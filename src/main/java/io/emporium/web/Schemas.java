package io.emporium.web;

import java.util.List;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.media.Schema;

/** The kinds of values of which the document says something itself. */
final class Schemas {
    private Schemas() {}

    static Schema object() {
        return OASFactory.createSchema().type(List.of(Schema.SchemaType.OBJECT));
    }

    static Schema text() {
        return OASFactory.createSchema().type(List.of(Schema.SchemaType.STRING));
    }

    static Schema whole() {
        return OASFactory.createSchema().type(List.of(Schema.SchemaType.INTEGER));
    }
}
