package io.emporium.catalog.image;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Where pictures are kept, and for how long. */
@ConfigMapping(prefix = "emporium.images")
interface ImageSettings {
    /** Without it there are no uploads; everything else goes on. */
    Optional<String> bucket();

    /** us-east-1 by default. */
    Optional<String> region();

    /** Of a store that speaks S3 but is not Amazon's. */
    Optional<String> endpoint();

    /** Without it the AWS SDK looks where it always does: a role of the machine, a profile. */
    Optional<String> accessKeyId();

    Optional<String> secretAccessKey();

    /** Of keys that end by themselves. */
    Optional<String> sessionToken();

    /** What stands before a key in the address of a picture: a CDN, or the bucket's own address, which it is by default. */
    Optional<String> publicUrl();

    /** How long the store may take to be reached. */
    @WithDefault("2s")
    Duration connectTimeout();

    /** How long it may be silent. */
    @WithDefault("5s")
    Duration readTimeout();

    /** How long a call may take, with the tries within it. */
    @WithDefault("15s")
    Duration callTimeout();

    /** How many calls a process may have under way. */
    @WithDefault("8")
    int callsAtOnce();

    /** How many pictures a product may have, refused ones among them. */
    @WithDefault("20")
    int mostOfAProduct();

    /** How often it is looked what is to be made or removed. */
    @WithDefault("2s")
    Duration workEvery();

    /** How long a product must have been withdrawn, and untouched, until its pictures are deleted; and a picture refused. */
    @WithDefault("30d")
    Duration keptAfterwards();
}
