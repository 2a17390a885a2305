package io.emporium.search;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** What a merchant can set about finding. */
@ConfigMapping(prefix = "emporium.search")
interface SearchSettings {
    /** A file of synonyms in place of those that come along (docs/search.md); read again within ten seconds of a change. */
    Optional<String> synonymsFile();
}
