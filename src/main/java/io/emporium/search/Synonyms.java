package io.emporium.search;

import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What else a product may be called, from a file that a merchant can edit: {@code sofa, couch} are the same, {@code telly =>
 * tv} leads one way. Looked up as somebody asks, here and not in the index: a changed line holds within ten seconds, nothing
 * is indexed anew, and Elasticsearch and PostgreSQL find alike.
 */
@ApplicationScoped
class Synonyms {
    static final int FOR_A_TERM = 6;
    private static final int WORDS_TOGETHER = 4;
    private static final int LINES = 10_000;
    private static final long BYTES = 1_000_000;
    private static final Duration LOOKED_AT_EVERY = Duration.ofSeconds(10);

    // Said in a query, they leave nothing out and let nothing in.
    private static final Set<String> FILLERS = Set.of(
            "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "from", "if", "in", "into", "is", "it", "my",
            "no", "not", "of", "on", "or", "such", "that", "the", "their", "then", "there", "these", "they", "this",
            "to", "was", "will", "with");

    private final @Nullable Path file;
    private final Clock clock;
    private volatile State state;

    private record State(
            Map<String, List<String>> known, @Nullable FileTime changed, Instant looked) {}

    @Inject
    Synonyms(SearchSettings settings, Clock clock) {
        this(settings.synonymsFile(), clock);
    }

    Synonyms(Optional<String> file, Clock clock) {
        this.file = file.filter(path -> !path.isBlank()).map(Path::of).orElse(null);
        this.clock = clock;
        this.state = new State(parse(delivered()), null, Instant.MIN);
    }

    /**
     * A word of a query, or several that have synonyms together.
     *
     * @param text as it was typed
     * @param synonyms at most {@value #FOR_A_TERM}, each one or several words
     */
    record Term(String text, List<String> synonyms) {
        boolean isOneWord() {
            return text.indexOf(' ') < 0;
        }
    }

    /** The words of a query with what else they may be called; fillers are left out, unless there is nothing else. */
    List<Term> terms(String words) {
        if (words.isEmpty()) {
            return List.of();
        }
        Map<String, List<String>> known = current();
        List<String> typed = List.of(words.split(" "));
        List<Term> terms = new ArrayList<>();
        int at = 0;
        while (at < typed.size()) {
            Term term = longest(known, typed, at);
            at += term.isOneWord() ? 1 : term.text().split(" ").length;
            if (!term.synonyms().isEmpty() || !isFiller(term.text())) {
                terms.add(term);
            }
        }
        return terms.isEmpty()
                ? typed.stream().map(word -> new Term(word, List.of())).toList()
                : terms;
    }

    private static boolean isFiller(String word) {
        String plain = word.toLowerCase(Locale.ROOT);
        return FILLERS.contains(
                plain.endsWith("'s") || plain.endsWith("’s") ? plain.substring(0, plain.length() - 2) : plain);
    }

    private static Term longest(Map<String, List<String>> known, List<String> typed, int at) {
        for (int length = Math.min(WORDS_TOGETHER, typed.size() - at); length > 0; length--) {
            List<String> words = typed.subList(at, at + length);
            List<String> synonyms = known.get(key(words));
            if (synonyms != null) {
                return new Term(String.join(" ", words), synonyms);
            }
        }
        return new Term(typed.get(at), List.of());
    }

    private Map<String, List<String>> current() {
        State last = state;
        Instant now = clock.instant();
        if (file == null || now.isBefore(last.looked().plus(LOOKED_AT_EVERY))) {
            return last.known();
        }
        State next = look(file, last, now);
        state = next;
        return next.known();
    }

    private static State look(Path file, State last, Instant now) {
        FileTime changed = null;
        try {
            changed = Files.getLastModifiedTime(file);
            if (changed.equals(last.changed())) {
                return new State(last.known(), changed, now);
            }
            if (Files.size(file) > BYTES) {
                throw new IOException("longer than " + BYTES + " bytes");
            }
            Map<String, List<String>> known = parse(Files.readString(file));
            Log.infof("Synonyms of %d terms are known from %s", known.size(), file);
            return new State(known, changed, now);
        } catch (IOException unreadable) {
            // Told once a change, and the synonyms known so far stay.
            if (changed == null ? last.changed() != null || last.looked().equals(Instant.MIN) : true) {
                Log.errorf("The synonyms of %s cannot be read, those known so far stay: %s", file, unreadable);
            }
            return new State(last.known(), changed, now);
        }
    }

    /** What the lines say; a line that says nothing is passed over and told. */
    static Map<String, List<String>> parse(String text) {
        Map<String, Set<String>> known = new HashMap<>();
        List<String> lines = text.lines().limit(LINES).toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).replaceFirst("#.*", "").strip();
            if (line.isEmpty()) {
                continue;
            }
            String[] sides = line.split("=>", -1);
            List<List<String>> left = phrases(sides[0]);
            List<List<String>> right = sides.length == 2 ? phrases(sides[1]) : left;
            if (sides.length > 2 || left.isEmpty() || right.isEmpty() || (sides.length == 1 && left.size() < 2)) {
                Log.warnf("Line %d of the synonyms says nothing: %s", i + 1, line);
                continue;
            }
            for (List<String> from : left) {
                Set<String> synonyms = known.computeIfAbsent(key(from), key -> new LinkedHashSet<>());
                right.stream()
                        .filter(to -> !key(to).equals(key(from)))
                        .map(to -> String.join(" ", to))
                        .forEach(synonyms::add);
            }
        }
        Map<String, List<String>> bounded = new HashMap<>();
        known.forEach((key, synonyms) ->
                bounded.put(key, synonyms.stream().limit(FOR_A_TERM).toList()));
        return bounded;
    }

    private static List<List<String>> phrases(String side) {
        return Arrays.stream(side.split(","))
                .map(SearchQuery::wordsOf)
                .filter(words -> !words.isEmpty() && words.size() <= WORDS_TOGETHER)
                .toList();
    }

    /** Case and the number of a noun do not count: who asks for couches asks for a couch. */
    private static String key(List<String> words) {
        StringBuilder key = new StringBuilder();
        for (String word : words) {
            key.append(singular(word.toLowerCase(Locale.ROOT))).append(' ');
        }
        return key.toString();
    }

    private static String singular(String word) {
        if (word.length() < 4 || !word.endsWith("s") || word.endsWith("ss") || word.endsWith("us")) {
            return word;
        }
        if (word.endsWith("ies")) {
            return word.substring(0, word.length() - 3) + "y";
        }
        for (String hissing : List.of("ches", "shes", "sses", "xes", "zes")) {
            if (word.endsWith(hissing)) {
                return word.substring(0, word.length() - 2);
            }
        }
        return word.substring(0, word.length() - 1);
    }

    private static String delivered() {
        try (var in = Objects.requireNonNull(Synonyms.class.getResourceAsStream("/search/synonyms.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
