package io.emporium.bench;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The processor time that each part of the shop has used. */
final class Processors {
    private final Map<String, Supplier<ProcessHandle>> parts = new LinkedHashMap<>();

    /** @param process with all that it has started */
    void watch(String part, Supplier<ProcessHandle> process) {
        parts.put(part, process);
    }

    Map<String, Duration> used() {
        Map<String, Duration> used = new LinkedHashMap<>();
        parts.forEach((part, process) -> used.put(part, used(process.get())));
        return used;
    }

    private static Duration used(ProcessHandle process) {
        return Stream.concat(Stream.of(process), process.descendants())
                .map(each -> each.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }
}
