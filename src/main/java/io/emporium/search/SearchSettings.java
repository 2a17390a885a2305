package io.emporium.search;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;
import java.util.Optional;

/** What a merchant can set about finding. */
@ConfigMapping(prefix = "emporium.search")
interface SearchSettings {
    /** A file of synonyms in place of those that come along (docs/search.md); read again within ten seconds of a change. */
    Optional<String> synonymsFile();

    /**
     * How long a search may take in all; more than the index and the wait for a place may, or PostgreSQL could not stand in. Less
     * than a second, for the products that are found have to be read and written too.
     */
    Duration patience();
}
