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
}
