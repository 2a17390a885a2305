package io.emporium;

import io.quarkus.arc.Arc;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sockets to the database that count, for each request that is answered, how often an answer of the database was awaited: what a
 * wire between the two would cost, commits and whatever the driver sends together included. A request is known by the header
 * {@link #NAME}; what the shop does for nobody is not counted.
 */
public final class CountedSockets extends DriverSockets {
    /** The request's header under whose value it is counted. */
    public static final String NAME = "X-Counted-As";

    // The driver has another copy of this class than the tests and the shop: what both see are the JVM's properties.
    private static final String EAR = CountedSockets.class.getName();
    private static final Map<String, Integer> ROUND_TRIPS = new ConcurrentHashMap<>();

    /** Begins to count. */
    public static void listen() {
        Runnable count = CountedSockets::count;
        System.getProperties().put(EAR, count);
    }

    /** Counts no more. The next shop of this JVM could not start: others read the properties as texts. */
    public static void stop() {
        System.getProperties().remove(EAR);
    }

    /** How often the database was awaited for requests of that name. */
    public static int roundTrips(String name) {
        return ROUND_TRIPS.getOrDefault(name, 0);
    }

    private static void count() {
        if (!Arc.container().requestContext().isActive()) {
            return;
        }
        RoutingContext request =
                Arc.container().instance(CurrentVertxRequest.class).get().getCurrent();
        String name = request == null ? null : request.request().getHeader(NAME);
        if (name != null) {
            ROUND_TRIPS.merge(name, 1, Integer::sum);
        }
    }

    @Override
    void roundTrip() {
        if (System.getProperties().get(EAR) instanceof Runnable count) {
            count.run();
        }
    }
}
