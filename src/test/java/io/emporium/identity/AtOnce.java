package io.emporium.identity;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Does the same many times at one moment. */
final class AtOnce {
    private AtOnce() {}

    static <T> List<T> times(int times, IntFunction<T> work) throws Exception {
        var start = new CyclicBarrier(times);
        try (var threads = Executors.newFixedThreadPool(times)) {
            List<Future<T>> running = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                int number = i;
                Callable<T> one = () -> {
                    start.await();
                    return work.apply(number);
                };
                running.add(threads.submit(one));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> result : running) {
                results.add(result.get());
            }
            return results;
        }
    }
}
