package io.emporium.search;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What somebody who knows the retail catalogue would want to see for a query: {@code search/judged-queries.csv}, written
 * by reading the catalogue before the engine was asked. Products are graded 3 (what was meant), 2 (would do) and 1 (is at
 * least near). Weights are chosen with the half named {@code choose}; the half named {@code hold} says whether they hold
 * elsewhere.
 */
final class JudgedQueries {
    private static final int LOOKED_AT = 5;

    private JudgedQueries() {}

    /** @param expected grades by SKU */
    record Judged(String text, String kind, boolean held, Map<String, Integer> expected) {

        /** How the products found compare with those expected. */
        Score score(List<String> skus) {
            // The same SKU again is no second find.
            Set<String> distinct = new HashSet<>();
            List<String> found = skus.stream().filter(distinct::add).toList();
            int relevant = 0;
            double gain = 0;
            for (int i = 0; i < Math.min(LOOKED_AT, found.size()); i++) {
                int grade = expected.getOrDefault(found.get(i), 0);
                relevant += grade > 0 ? 1 : 0;
                gain += gain(grade, i);
            }
            double best = 0;
            List<Integer> grades = expected.values().stream()
                    .sorted(Comparator.reverseOrder())
                    .limit(LOOKED_AT)
                    .toList();
            for (int i = 0; i < grades.size(); i++) {
                best += gain(grades.get(i), i);
            }
            double reciprocal = 0;
            for (int i = 0; i < found.size() && reciprocal == 0; i++) {
                reciprocal = expected.containsKey(found.get(i)) ? 1.0 / (i + 1) : 0;
            }
            return new Score((double) relevant / Math.min(LOOKED_AT, expected.size()), reciprocal, gain / best);
        }

        private static double gain(int grade, int place) {
            return (Math.pow(2, grade) - 1) / (Math.log(place + 2) / Math.log(2));
        }
    }

    /**
     * @param precision of the first five, how many are relevant; of as many as there are, if fewer than five are
     * @param reciprocal 1 divided by the place of the first relevant one, 0 if there is none
     * @param gain of the first five, with their grades and places, as a part of the best order's (nDCG)
     */
    record Score(double precision, double reciprocal, double gain) {
        static Score mean(List<Score> scores) {
            return new Score(
                    mean(scores, Score::precision), mean(scores, Score::reciprocal), mean(scores, Score::gain));
        }

        private static double mean(List<Score> scores, Function<Score, Double> of) {
            return scores.stream().mapToDouble(of::apply).average().orElse(0);
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "P@5 %.3f  MRR %.3f  nDCG@5 %.3f", precision, reciprocal, gain);
        }
    }

    static List<Judged> all() {
        try (InputStream file = JudgedQueries.class.getResourceAsStream("/search/judged-queries.csv")) {
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().skip(1).map(JudgedQueries::judged).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Judged judged(String line) {
        // No query has a comma in it.
        String[] cells = line.split(",", -1);
        Map<String, Integer> expected = new HashMap<>();
        for (String product : cells[3].split(" ")) {
            int colon = product.lastIndexOf(':');
            expected.put(product.substring(0, colon), Integer.valueOf(product.substring(colon + 1)));
        }
        return new Judged(cells[0], cells[1], cells[2].equals("hold"), expected);
    }

    /** A score for every query, by its text. */
    static Map<Judged, Score> ask(Function<String, List<String>> engine) {
        Map<Judged, Score> scores = new LinkedHashMap<>();
        for (Judged judged : all()) {
            scores.put(judged, judged.score(engine.apply(judged.text())));
        }
        return scores;
    }

    static Score mean(Map<Judged, Score> scores, Predicate<Judged> of) {
        List<Score> some = new ArrayList<>();
        scores.forEach((judged, score) -> {
            if (of.test(judged)) {
                some.add(score);
            }
        });
        return Score.mean(some);
    }

    /** A line a kind of query, then the two halves and the total. */
    static String table(String engine, Map<Judged, Score> scores) {
        StringBuilder table = new StringBuilder();
        Set<String> kinds = new java.util.LinkedHashSet<>();
        scores.keySet().forEach(judged -> kinds.add(judged.kind()));
        for (String kind : kinds) {
            long queries =
                    scores.keySet().stream().filter(j -> j.kind().equals(kind)).count();
            table.append(line(
                    engine,
                    kind + " (" + queries + ")",
                    mean(scores, j -> j.kind().equals(kind))));
        }
        table.append(line(engine, "half to choose with", mean(scores, judged -> !judged.held())));
        table.append(line(engine, "half held back", mean(scores, Judged::held)));
        return table.append(line(engine, "total (" + scores.size() + ")", mean(scores, judged -> true)))
                .toString();
    }

    private static String line(String engine, String what, Score score) {
        return String.format(Locale.ROOT, "quality %-14s %-22s %s%n", engine, what, score);
    }
}
