package io.emporium.web;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.Counter;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/**
 * What everybody is shown alike, made ready to be handed out at the door: the answers of the last half a minute that were put
 * together from what is kept, in this process's memory. Before one is shown, the news are heard ({@link CacheNews}): none
 * is shown that was made of something which has been forgotten since, by whichever process.
 */
@Singleton
@RegisterForReflection(
        // What Caffeine makes of the settings below; it looks for them by name.
        classNames = {"com.github.benmanes.caffeine.cache.SSMWW", "com.github.benmanes.caffeine.cache.PWMW"})
public class ShopWindow {
    private static final String API = "/api/v1/";
    private static final String HEARD = "emporium.heard";
    private static final int BYTES = 16 * 1024 * 1024;
    private static final int OVERHEAD = 500;
    /** Of the time that something is kept. */
    private static final int LONGEST_SHARE = 6;

    private final CacheNews news;
    private final CacheSettings settings;
    private final CurrentVertxRequest door;
    private final Counter hit;
    private final Counter missed;
    private final com.github.benmanes.caffeine.cache.Cache<String, Shown> shown;

    ShopWindow(CacheNews news, CacheSettings settings, CurrentVertxRequest door, CacheMeters meters) {
        this.news = news;
        this.settings = settings;
        this.door = door;
        this.hit = meters.looked("window", "hit");
        this.missed = meters.looked("window", "miss");
        this.shown = Caffeine.newBuilder()
                .maximumWeight(BYTES)
                .weigher((String address, Shown one) ->
                        2 * address.length() + one.body().length() + OVERHEAD)
                .expireAfterWrite(settings.shown())
                .build();
    }

    /**
     * Of what an answer is made: things of a kind that is kept.
     *
     * @param names which; of a kind that is only forgotten as a whole, none
     */
    public record Made(Cache.Kind of, Collection<String> names) {}

    private record Shown(
            Buffer body,
            @Nullable String tag,
            List<Made> made,
            long since,
            long until,
            @Nullable String endpoint) {}

    void onEveryRequest(@Observes Filters filters) {
        if (settings.enabled()) {
            filters.register(asked -> lookIf(!Caller.isNamed(asked.request()), asked), Doors.NAMELESS_AT_THE_WINDOW);
            filters.register(asked -> lookIf(Caller.isNamed(asked.request()), asked), Doors.WINDOW);
        }
    }

    /**
     * Answers, and shows the answer to whoever asks the same from now on. Only for answers that hang on nothing but the address:
     * not on who asks, nor on other headers than {@code If-None-Match}.
     *
     * @param data the answer's, as JSON
     * @param tag its {@code ETag}, if it has one
     * @param <T> what the data is written of, for the OpenAPI document
     */
    public <T> RestResponse<Answer<T>> show(byte[] data, @Nullable String tag, List<Made> made) {
        byte[] body = ReadyAnswer.body(data);
        RoutingContext asked = door.getCurrent();
        // Noted before anything was read; without it nobody knows what has happened since.
        Long since = asked == null ? null : asked.get(HEARD);
        if (since != null && since > 0) {
            missed.increment();
            shown.put(
                    asked.request().uri(),
                    new Shown(Buffer.buffer(body), tag, made, since, until(made), asked.get(RequestMeters.ENDPOINT)));
        }
        RestResponse.ResponseBuilder<Answer<T>> answer = ReadyAnswer.of(body);
        return tag == null ? answer.build() : answer.header("ETag", tag).build();
    }

    /** What is kept for a short time only, because it ages without being forgotten, is not shown for much longer. */
    private long until(List<Made> made) {
        Duration longest = settings.shown();
        for (Made part : made) {
            Duration its = part.of().kept().dividedBy(LONGEST_SHARE);
            longest = its.compareTo(longest) < 0 ? its : longest;
        }
        return System.nanoTime() + longest.toNanos();
    }

    private void lookIf(boolean isTheirDoor, RoutingContext asked) {
        if (isTheirDoor) {
            look(asked);
        } else {
            asked.next();
        }
    }

    private void look(RoutingContext asked) {
        HttpServerRequest request = asked.request();
        if (request.method() != HttpMethod.GET || !request.uri().startsWith(API)) {
            asked.next();
            return;
        }
        Shown found = shown.getIfPresent(request.uri());
        if (found == null || System.nanoTime() - found.until() > 0) {
            if (news.heard() == 0) {
                news.hear(ignored -> {});
            }
            passOn(asked);
            return;
        }
        Context its = asked.vertx().getOrCreateContext();
        news.hear(isHeard -> {
            if (isHeard && holds(found) && isWanted(request)) {
                handOut(asked, found);
            } else {
                its.runOnContext(ignored -> passOn(asked));
            }
        });
    }

    private void passOn(RoutingContext asked) {
        asked.put(HEARD, news.heard());
        asked.next();
    }

    private boolean holds(Shown one) {
        for (Made made : one.made()) {
            if (!news.holds(one.since(), made.of(), made.names())) {
                return false;
            }
        }
        return true;
    }

    /** Others than JSON are the resource's to refuse. */
    private static boolean isWanted(HttpServerRequest request) {
        String accepted = request.getHeader(HttpHeaders.ACCEPT);
        return accepted == null || accepted.equals("*/*") || accepted.equals("application/json");
    }

    private void handOut(RoutingContext asked, Shown one) {
        HttpServerResponse answer = asked.response();
        if (answer.closed() || answer.ended()) {
            return;
        }
        hit.increment();
        if (one.endpoint() != null) {
            asked.put(RequestMeters.ENDPOINT, one.endpoint());
        }
        if (one.tag() != null) {
            answer.headers().set(HttpHeaders.ETAG, one.tag());
            if (EntityTags.isIn(asked.request().getHeader(HttpHeaders.IF_NONE_MATCH), one.tag())) {
                answer.setStatusCode(304).end();
                return;
            }
        }
        answer.headers().set(HttpHeaders.CONTENT_TYPE, ReadyAnswer.CONTENT_TYPE);
        answer.end(one.body());
    }
}
