package io.emporium.watch;

import io.emporium.Management;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One scrape of the running shop's {@code /q/metrics}. */
final class Scrape {
    private static final Pattern LINE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]\\w*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    private final List<Series> series = new ArrayList<>();

    record Series(String name, Map<String, String> labels, double value) {}

    static Scrape now() {
        String text = Management.asked()
                .get("/q/metrics")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        var scrape = new Scrape();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            // Behind it may stand an example: a trace in which it was counted.
            Matcher one = LINE.matcher(line.replaceFirst(" # \\{.*", ""));
            if (one.matches()) {
                Map<String, String> labels = new TreeMap<>();
                Matcher label = LABEL.matcher(one.group(2) == null ? "" : one.group(2));
                while (label.find()) {
                    labels.put(label.group(1), label.group(2));
                }
                scrape.series.add(new Series(one.group(1), labels, Double.parseDouble(one.group(3))));
            }
        });
        return scrape;
    }

    Set<String> names() {
        Set<String> names = new TreeSet<>();
        series.forEach(one -> names.add(one.name()));
        return names;
    }

    List<Series> all() {
        return series;
    }

    /** The sum of all series of that name that have these labels; 0 where there is none. */
    double sum(String name, String... labels) {
        return series.stream()
                .filter(one -> one.name().equals(name))
                .filter(one -> {
                    for (int i = 0; i < labels.length; i += 2) {
                        if (!labels[i + 1].equals(one.labels().get(labels[i]))) {
                            return false;
                        }
                    }
                    return true;
                })
                .mapToDouble(Series::value)
                .sum();
    }

    Set<String> values(String label) {
        Set<String> values = new TreeSet<>();
        series.forEach(one -> {
            String value = one.labels().get(label);
            if (value != null) {
                values.add(value);
            }
        });
        return values;
    }
}
