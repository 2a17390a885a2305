package io.emporium.search;

import io.emporium.search.Synonyms.Term;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The words of a query in PostgreSQL's terms. Text is always an argument, and goes only to functions that take it as words
 * ({@code phraseto_tsquery}, trigrams); what begins a word goes to one with operators, as letters and digits alone.
 */
final class DatabaseWords {
    private static final Pattern BEGINS_PLAINLY = Pattern.compile("[\\p{L}\\p{N}]{2,}");
    // A shorter word has too few trigrams to say whether it is misspelt.
    private static final int LONG_ENOUGH = 4;

    // Fewer products than these have a word that is spelt right.
    private static final int SELDOM = 20;
    // With fewer of these a word leaves little to look at.
    private static final int RARE = 1_000;
    /** Counted no further. */
    private static final int COMMON = 2_000;
    /** The count of a word that every text has, and so finds nothing. */
    private static final int NOT_A_WORD = -1;

    private final SearchQuery query;
    private final List<Term> terms;
    private final StandInWeights weights;

    DatabaseWords(SearchQuery query, List<Term> terms, StandInWeights weights) {
        this.query = query;
        this.terms = terms;
        this.weights = weights;
    }

    /**
     * @param sql which products may match: an index has them
     * @param said which of these do
     * @param arguments of both
     * @param relevance how well they do, the more the better; with the same arguments and {@code :words}
     */
    record Condition(String sql, String said, Map<String, Object> arguments, String relevance) {}

    /** A statement, and what it is given. */
    record Asked(String sql, Map<String, Object> arguments) {}

    /** How many products a term finds, at most {@link #COMMON}; or {@link #NOT_A_WORD}. */
    record Counted(Term term, int number, int products) {
        boolean isSeldom() {
            return products < SELDOM;
        }

        /** The less a term leaves, the earlier: what is misspelt leaves one does not know how much. */
        private int rarity() {
            return isSeldom() && mayBeMisspelt(term) ? RARE : products;
        }
    }

    /**
     * Whether any product has every word; if not, how many have each. Each is planned for all it finds and read as far as
     * is needed: to one that expects to find soon PostgreSQL reads the whole table if there is nothing to be found.
     */
    Asked look() {
        Condition every = every();
        Map<String, Object> arguments = new LinkedHashMap<>(every.arguments());
        StringBuilder found = new StringBuilder(
                        "WITH every AS MATERIALIZED (SELECT 1 FROM products WHERE is_active AND ")
                .append(every.sql())
                .append(')');
        List<String> counts = new ArrayList<>();
        for (int i = 0; i < terms.size(); i++) {
            String asked = exact(terms.get(i), i, arguments);
            found.append(", counted")
                    .append(i)
                    .append(" AS MATERIALIZED (SELECT 1 FROM products WHERE is_active AND search_words @@ ")
                    .append(asked)
                    .append(')');
            counts.add("CASE WHEN numnode(" + asked + ") = 0 THEN " + NOT_A_WORD
                    + " ELSE (SELECT count(*) FROM (SELECT 1 FROM counted" + i + " LIMIT " + COMMON + ") few) END");
        }
        found.append(
                        " SELECT CAST(CASE WHEN EXISTS (SELECT 1 FROM every) THEN json_build_array() ELSE json_build_array(")
                .append(String.join(", ", counts))
                .append(") END AS text)");
        return new Asked(found.toString(), arguments);
    }

    /** Every word, as it is or as a synonym, in whatever field; or the SKU. */
    Condition every() {
        Map<String, Object> arguments = new LinkedHashMap<>();
        List<String> all = new ArrayList<>();
        for (int i = 0; i < terms.size(); i++) {
            all.add(exact(terms.get(i), i, arguments));
        }
        String sku = sku(arguments);
        if (all.isEmpty()) {
            return new Condition("(" + sku + ")", "true", arguments, relevance(sku, "CAST('' AS tsquery)", List.of()));
        }
        String asked = String.join(" && ", all);
        return new Condition(
                "(search_words @@ (" + asked + ") OR " + sku + ")",
                "true",
                arguments,
                relevance(sku, asked, List.of()));
    }

    /**
     * Most of the words, nearly spelt so, the last one perhaps only begun; or the SKU.
     *
     * @param products how many have each of the words, as {@link #look} counts
     */
    Condition most(List<Integer> products) {
        List<Counted> words = new ArrayList<>();
        for (int i = 0; i < terms.size(); i++) {
            if (products.get(i) != NOT_A_WORD) {
                words.add(new Counted(terms.get(i), i, products.get(i)));
            }
        }
        if (words.isEmpty()) {
            return every();
        }
        Map<String, Object> arguments = new LinkedHashMap<>();
        List<String> any = new ArrayList<>();
        List<String> alike = new ArrayList<>();
        Map<Counted, String> ways = new LinkedHashMap<>();
        for (Counted word : words) {
            String text = word.term().text();
            String asked = exact(word.term(), word.number(), arguments);
            if (word.number() == terms.size() - 1
                    && BEGINS_PLAINLY.matcher(text).matches()) {
                asked = "(" + asked + " || to_tsquery('english', :begun))";
                arguments.put("begun", text + ":*");
            }
            any.add(asked);
            String way = "search_words @@ " + asked;
            if (word.isSeldom() && mayBeMisspelt(word.term())) {
                String argument = "word" + word.number();
                arguments.put(argument, text);
                alike.add("word_similarity(:" + argument + ", name)");
                way += " OR :" + argument + " <% name";
            }
            ways.put(word, "(" + way + ")");
        }
        int needed = words.size() <= 2 ? words.size() : words.size() * 3 / 4;
        String counted =
                ways.values().stream().map(way -> "CAST(" + way + " AS int)").collect(Collectors.joining(" + "));
        // Who has so many of the words has one of the rarest, whichever are missing.
        String rarest = words.stream()
                .sorted(Comparator.comparing(Counted::rarity))
                .limit(words.size() - needed + 1L)
                .map(ways::get)
                .collect(Collectors.joining(" OR "));
        String sku = sku(arguments);
        return new Condition(
                "(" + rarest + " OR " + sku + ")",
                "(" + counted + " >= " + needed + " OR " + sku + ")",
                arguments,
                relevance(sku, String.join(" || ", any), alike));
    }

    private static boolean mayBeMisspelt(Term term) {
        return term.isOneWord() && term.text().length() >= LONG_ENOUGH;
    }

    private static String exact(Term term, int number, Map<String, Object> arguments) {
        List<String> ways = new ArrayList<>();
        ways.add(phrase("term" + number, term.text(), arguments));
        for (int i = 0; i < term.synonyms().size(); i++) {
            ways.add(phrase("term" + number + "or" + i, term.synonyms().get(i), arguments));
        }
        return "(" + String.join(" || ", ways) + ")";
    }

    private static String phrase(String name, String text, Map<String, Object> arguments) {
        arguments.put(name, text);
        return "phraseto_tsquery('english', :" + name + ")";
    }

    private String sku(Map<String, Object> arguments) {
        String text = query.text().toLowerCase(Locale.ROOT);
        arguments.put("sku", text);
        if (!query.mayBeginSku()) {
            return "lower(sku) = :sku";
        }
        arguments.put("sku_begins", text.replaceAll("[\\\\%_]", "\\\\$0") + "%");
        return "(lower(sku) = :sku OR lower(sku) LIKE :sku_begins)";
    }

    private String relevance(String sku, String asked, List<String> alike) {
        StringBuilder relevance = new StringBuilder("CASE WHEN " + sku + " THEN 100 ELSE 0 END + ")
                // PostgreSQL's order: description, none, brand and category, name.
                .append("%s * ts_rank('{%s, 0, %s, 1}', search_words, %s)"
                        .formatted(weights.words(), weights.description(), weights.brand(), asked))
                .append(" + CASE WHEN ts_filter(search_words, '{a}') @@ phraseto_tsquery('english', :words) THEN "
                        + weights.phrase() + " ELSE 0 END")
                // Of two names that have the words, the one with fewer others.
                .append(" + " + weights.alike() + " * similarity(:words, name)");
        alike.forEach(way -> relevance.append(" + 2 * " + weights.alike() + " * " + way));
        return relevance.toString();
    }
}
