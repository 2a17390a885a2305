package io.emporium.web;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What an operator sets of the door. */
@ConfigMapping(prefix = "emporium.web")
interface WebSettings {
    /** Addresses or CIDR blocks (10.0.0.0/8) whose {@code X-Forwarded-For} and {@code -Proto} are believed; none by default. */
    Optional<List<String>> trustedProxies();

    /** Origins (https://shop.example) whose pages may call the API from a browser; none by default. */
    Optional<List<String>> corsOrigins();

    /** A body of the usual length has come within this time, or its sender is hung up on. */
    @WithDefault("1m")
    Duration bodyWithin();

    /** So has one that may be long: an image, a bank statement, an import. */
    @WithDefault("30m")
    Duration largeBodyWithin();

    Limits limits();

    /** How often somebody may ask (contract.md "Limits"). */
    interface Limits {
        /** false: nobody is limited. */
        @WithDefault("true")
        boolean enabled();

        /** All requests of a signed-in user. */
        Rate user();

        /** All requests of an address nobody is signed in from. */
        Rate anonymous();

        /** Links in campaigns' mails that are followed from one address. */
        Rate clicks();

        /** Sign-ins to one account from one address. */
        Rate loginAccount();

        /** Sign-ins from one address, whatever the account. */
        Rate loginAddress();

        /** Sign-ins to one account, from wherever, that fail before it is softly locked for the rest of the window. */
        Rate loginFailures();

        /** Mails with a secret to one address, whoever asks for them. */
        Rate accountMails();

        /** Orders a user places. */
        Rate orders();

        /** Payments a user begins. */
        Rate payments();

        /** Refunds a user asks for. */
        Rate refunds();

        /** Exports of their own data a user asks for. */
        Rate exports();

        /** How long Redis may take for a check; then this process counts by itself. */
        @WithDefault("100ms")
        Duration redisTimeout();

        /** How long Redis is passed over once it has failed. */
        @WithDefault("5s")
        Duration redisPause();

        /** How many counters a process keeps while Redis is away; the oldest go first. */
        @WithDefault("100000")
        int localCounters();
    }

    /** So many requests in a window that opens with the first of them. */
    interface Rate {
        /** Requests a window, at least 1. */
        int requests();

        /** The window's length. */
        @WithDefault("1m")
        Duration per();
    }
}
