package io.emporium.web;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** What an operator sets of the cache. */
@ConfigMapping(prefix = "emporium.cache")
interface CacheSettings {
    /** false: everybody reads for themselves. */
    @WithDefault("true")
    boolean enabled();

    /** How long Redis may take for an answer; whoever has waited so long reads for themselves. */
    @WithDefault("50ms")
    Duration timeout();

    /** How long an answer is shown at most that stands ready in this process ({@link ShopWindow}); many end sooner. */
    @WithDefault("30s")
    Duration shown();

    /** How long Redis is passed over once it has failed. */
    @WithDefault("5s")
    Duration pause();
}
