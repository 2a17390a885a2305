package io.emporium.notification.receipt;

import java.util.ArrayList;
import java.util.List;

/** What a part of the document is, for a screen reader: a heading, a table's row, … Its parts are tags, or marks on pages. */
final class Tag {
    final String role;
    final String attributes;
    final List<Object> parts = new ArrayList<>();

    /** Where on which page it is drawn. */
    record Mark(int page, int id) {}

    /** @param attributes of its dictionary, as PDF writes them */
    Tag(String role, String attributes) {
        this.role = role;
        this.attributes = attributes;
    }

    Tag add(String role) {
        return add(role, "");
    }

    Tag add(String role, String attributes) {
        var part = new Tag(role, attributes);
        parts.add(part);
        return part;
    }
}
