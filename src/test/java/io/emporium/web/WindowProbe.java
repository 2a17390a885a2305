package io.emporium.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestResponse;

/** A resource of the tests alone, whose answers are shown in the window: a number of a name, and how often it was asked. */
@Path("/api/v1/probe/window")
@RunOnVirtualThread
public class WindowProbe {
    static final Cache.Kind KIND = new Cache.Kind("probes", Duration.ofMinutes(30), 100, true);
    /** It ages by itself. */
    static final Cache.Kind BRIEF = new Cache.Kind("brief-probes", Duration.ofMillis(600), 100, true);

    static final Map<String, Integer> VALUES = new ConcurrentHashMap<>();
    /** Called once a value has been read, before it is shown. */
    static volatile Consumer<String> afterReading = name -> {};

    private final ShopWindow window;

    WindowProbe(ShopWindow window) {
        this.window = window;
    }

    @GET
    @Path("/{name}")
    @Operation(hidden = true)
    public RestResponse<Answer<Integer>> get(@PathParam("name") String name) {
        int value = VALUES.getOrDefault(name, 0);
        afterReading.accept(name);
        return window.show(
                String.valueOf(value).getBytes(UTF_8),
                "\"" + value + "\"",
                List.of(
                        new ShopWindow.Made(KIND, List.of(name)),
                        new ShopWindow.Made(name.startsWith("brief-") ? BRIEF : KIND, List.of())));
    }
}
