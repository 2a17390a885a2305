package io.emporium.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SearchQueryTest {
    @Test
    void a_word_has_a_letter_or_digit_and_begins_and_ends_with_one() {
        assertThat(SearchQuery.wordsOf("lamp . ... ' ’ -")).containsExactly("lamp");
        assertThat(SearchQuery.wordsOf("'lamp' 5 o'clock 1.5 .5 end."))
                .containsExactly("lamp", "5", "o'clock", "1.5", "5", "end");
        assertThat(SearchQuery.wordsOf("!! ?")).isEqualTo(List.of());
    }

    @Test
    void one_word_may_be_many_to_the_index_and_then_no_other_spellings_of_it_are_asked_for() {
        assertThat(asksForSpellings("sofa o'clock 1.5 iphone15pro")).isTrue();
        assertThat(asksForSpellings("漢字かな")).isTrue();
        assertThat(asksForSpellings("385侁488俨947决".repeat(10))).isFalse();
        assertThat(asksForSpellings("1カ2ナ".repeat(20))).isFalse();
        assertThat(asksForSpellings("a.1.".repeat(40))).isFalse();
    }

    private static boolean asksForSpellings(String text) {
        SearchQuery query = new SearchQuery(text, null, null, null, null, null, SearchQuery.Sort.RELEVANCE, 1, 20);
        List<Synonyms.Term> terms = SearchQuery.wordsOf(text).stream()
                .map(word -> new Synonyms.Term(word, List.of()))
                .toList();
        return new ProductQuestion(query, terms, Weights.CHOSEN)
                .loose()
                .toString()
                .contains("fuzziness");
    }
}
