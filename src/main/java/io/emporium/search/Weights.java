package io.emporium.search;

/**
 * What counts how much where Elasticsearch finds. Chosen by {@code SearchQualityBench} from the judged queries, not guessed;
 * docs/search.md has the table of what was tried.
 *
 * @param name a word in the name
 * @param brand in the brand
 * @param category in the category
 * @param description in the description
 * @param others what the fields that fit less well add, as a part of their score
 * @param synonym what a synonym counts, as a part of the word itself
 * @param phrase the words side by side in the name; in the description a quarter of it
 * @param few with fewer products than that which have every word, those with most of the words, or nearly spelt so, follow
 * @param most how many of the words that are, as {@code minimum_should_match} says it
 */
record Weights(
        double name,
        double brand,
        double category,
        double description,
        double others,
        double synonym,
        double phrase,
        int few,
        String most) {
    static final Weights CHOSEN = new Weights(4, 2, 2, 1, 1, 0.9, 4, 1, "2<75%");
}
