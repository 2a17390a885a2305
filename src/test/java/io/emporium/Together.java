package io.emporium;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Many at once, as near to the same moment as threads get. */
public final class Together {
    private Together() {}

    /**
     * Does it so many times at once.
     *
     * @param work given its number from 0
     * @return what each returned, by number
     */
    public static <T> List<T> times(int count, IntFunction<T> work) {
        var ready = new CountDownLatch(count);
        List<Future<T>> running = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(count)) {
            for (int i = 0; i < count; i++) {
                int number = i;
                running.add(threads.submit(() -> {
                    ready.countDown();
                    ready.await();
                    return work.apply(number);
                }));
            }
        }
        return running.stream().map(Future::resultNow).toList();
    }
}
