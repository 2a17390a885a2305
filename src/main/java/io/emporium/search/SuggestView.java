package io.emporium.search;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What somebody may be about to type: brands and categories first, then names of products; at most 10. */
record SuggestView(
        @Schema(examples = "[\"electronics\", \"Lumivar\", \"Hush 2 Over-Ear Headphones\"]")
        List<String> suggestions) {}
