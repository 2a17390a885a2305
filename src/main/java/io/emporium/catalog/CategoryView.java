package io.emporium.catalog;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A category, and how many products of it are sold. */
record CategoryView(
        @Schema(examples = "electronics") String name,
        @Schema(examples = "21") long productCount) {}
