package io.emporium.notification.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is left of what somebody typed. */
class PlainLineTest {
    @Test
    void nothing_breaks_the_line_or_turns_it() {
        assertThat(PlainLine.of(" Jane\u202E eoD\u2066\r\n\u0085Bcc:\u2028x\uD800\u200F "))
                .isEqualTo("Jane eoD Bcc: x");
    }

    @Test
    void several_lines_stay_as_many() {
        assertThat(PlainLine.lines("a\u202E\n\n\tb\u0007c\uDC00\n")).isEqualTo("a\n\n\tb c \n");
    }

    @Test
    void a_cut_goes_through_no_character() {
        // One to a reader, eleven chars to Java.
        String family = "👨‍👩‍👧‍👦";
        // Two, and four: the letter with its signs.
        for (String character : new String[] {"x", "🛒", "🇬🇧", "क्षि", "e\u0301", family}) {
            for (int most = 20; most < 40; most++) {
                String cut = PlainLine.of(character.repeat(60), most);
                assertThat(cut).as("%s, %d", character, most).isEqualTo(character.repeat(most / character.length()));
            }
        }
        assertThat(PlainLine.of(" short ", 5)).isEqualTo("short");
        assertThat(PlainLine.of("two words", 4)).isEqualTo("two");
    }
}
