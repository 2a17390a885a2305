package io.emporium.search;

/**
 * What counts how much where Elasticsearch finds. Chosen by {@code SearchQualityBench} from the judged queries, not guessed;
 * docs/search.md has the table of what was tried.
 *
 * @param name how often the index has the words of a name ({@link IndexDefinition}): to weigh a word is one look into one
 *     field then, for each of the thousands of a million products that have it; and what a word that is only begun counts there
 * @param brand of a brand
 * @param category of a category
 * @param description of a description
 * @param word what a word counts against what is side by side, misspelt or begun
 * @param synonym what a synonym counts, as a part of the word itself
 * @param phrase the words side by side in the name
 * @param few with fewer products than that which have every word, those with most of the words, or nearly spelt so, follow
 * @param most how many of the words that are, as {@code minimum_should_match} says it
 */
record Weights(
        int name,
        int brand,
        int category,
        int description,
        double word,
        double synonym,
        double phrase,
        int few,
        String most) {
    static final Weights CHOSEN = new Weights(4, 6, 2, 1, 4, 0.9, 4, 1, "2<75%");
}
