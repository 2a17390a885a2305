package io.emporium.bench;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The processor time that each part of the shop has used. */
final class Processors {
    private final Map<String, Supplier<Stream<ProcessHandle>>> parts = new LinkedHashMap<>();

    void watch(String part, Supplier<Stream<ProcessHandle>> processes) {
        parts.put(part, processes);
    }

    /** A process, with all that it has started. */
    static Stream<ProcessHandle> whole(ProcessHandle process) {
        return Stream.concat(Stream.of(process), process.descendants());
    }

    Map<String, Duration> used() {
        Map<String, Duration> used = new LinkedHashMap<>();
        parts.forEach((part, processes) -> used.put(part, used(processes.get())));
        return used;
    }

    private static Duration used(Stream<ProcessHandle> processes) {
        return processes
                .map(each -> each.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }
}
