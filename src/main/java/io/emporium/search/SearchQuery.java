package io.emporium.search;

import io.emporium.catalog.Product;
import io.emporium.shared.Page;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is looked for (contract.md, GET /products/search). The text is words and nothing else: no character of it is an
 * operator.
 *
 * @param text 1–200 characters, not blank
 * @param minPrice at least so much, inclusive
 * @param maxPrice at most so much, inclusive
 * @param inStock null: both
 * @param page from 1
 */
record SearchQuery(
        String text,
        @Nullable String category,
        @Nullable String brand,
        @Nullable BigDecimal minPrice,
        @Nullable BigDecimal maxPrice,
        @Nullable Boolean inStock,
        Sort sort,
        int page,
        int limit) {

    /** So deep a search can be paged, as Elasticsearch bounds it by default. */
    static final int DEEPEST = 10_000;

    // What a person would type. Each word is looked up in some spellings, and a query that grows with its caller is a
    // lever.
    private static final int WORDS = 16;
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}\\p{M}'’.]+");

    // Within a word they belong to it: "o'clock", "1.5".
    private static final Pattern AROUND_A_WORD = Pattern.compile("^['’.]+|['’.]+$");
    private static final Pattern HAS_LETTER = Pattern.compile("[\\p{L}\\p{N}]");

    private static final Pattern SKU_BEGINS = Pattern.compile("(?=.{4,100}$)[\\p{L}_.-]*\\d[\\p{L}\\p{N}_.-]*");

    enum Sort {
        RELEVANCE,
        NEWEST,
        OLDEST,
        PRICE_ASC,
        PRICE_DESC,
        NAME_ASC,
        NAME_DESC;

        static Sort of(String name) {
            return valueOf(name.toUpperCase(Locale.ROOT));
        }
    }

    SearchQuery {
        text = text.strip();
        if ((long) page * limit > DEEPEST) {
            throw SearchError.invalid(
                    "page", "only the first 10,000 products can be paged: narrow the search by a filter");
        }
    }

    /** The first 16 words of the text, with a blank between; empty if there is none in it. */
    String words() {
        return String.join(" ", wordsOf(text));
    }

    /** The first 16 words of a text. */
    static List<String> wordsOf(String text) {
        return BETWEEN_WORDS
                .splitAsStream(text)
                .map(word -> AROUND_A_WORD.matcher(word).replaceAll(""))
                .filter(word -> HAS_LETTER.matcher(word).find())
                .limit(WORDS)
                .toList();
    }

    /**
     * Whether the index may make more than 16 words of them: it takes each Chinese character for one, and ends one where
     * the script changes. Counted so as to be never below what it makes.
     */
    boolean hasManyPieces() {
        int pieces = 0;
        Character.UnicodeScript before = null;
        for (int letter : words().codePoints().toArray()) {
            boolean isWithin = Character.isLetterOrDigit(letter);
            Character.UnicodeScript script = Character.UnicodeScript.of(letter);
            boolean isOneByItself = script == Character.UnicodeScript.HAN || script == Character.UnicodeScript.HIRAGANA;
            if (isWithin && (isOneByItself || script != before)) {
                pieces++;
            }
            if (Character.getType(letter) != Character.NON_SPACING_MARK) {
                before = isWithin ? script : null;
            }
        }
        return pieces > WORDS;
    }

    /** Whether the text may be how a SKU begins: one word with a digit in it. */
    boolean mayBeginSku() {
        return SKU_BEGINS.matcher(text).matches();
    }

    int offset() {
        return Page.offset(page, limit);
    }

    /** Whether the filters let a product through as it is now; the index may know it as it was a second ago. */
    boolean admits(Product product) {
        BigDecimal price = product.price().amount();
        return (category == null || category.equals(product.category()))
                && (brand == null || brand.equals(product.brand()))
                && (minPrice == null || price.compareTo(minPrice) >= 0)
                && (maxPrice == null || price.compareTo(maxPrice) <= 0)
                && (inStock == null || inStock == product.stockQuantity() > 0);
    }
}
