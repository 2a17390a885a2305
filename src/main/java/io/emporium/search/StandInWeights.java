package io.emporium.search;

/**
 * What counts how much where PostgreSQL finds; chosen as {@link Weights} are.
 *
 * @param brand a word in brand or category, as a part of one in the name
 * @param description in the description, as a part of one in the name
 * @param words all of that together
 * @param phrase the words side by side in the name
 * @param alike how alike the name is to the whole query, and to each word that may be misspelt
 * @param threshold from 0 to 1: so alike a misspelt word must be to one of the name
 */
record StandInWeights(double brand, double description, double words, double phrase, double alike, double threshold) {
    static final StandInWeights CHOSEN = new StandInWeights(0.6, 0.1, 8, 2, 1, 0.4);
}
