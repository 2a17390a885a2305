package io.emporium.notification.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SmsTextTest {
    @Test
    void the_seven_bit_alphabet_has_room_for_160_and_then_for_153_each() {
        assertThat(SmsText.segments("")).isEqualTo(1);
        assertThat(SmsText.segments("a".repeat(160))).isEqualTo(1);
        assertThat(SmsText.segments("a".repeat(161))).isEqualTo(2);
        assertThat(SmsText.segments("é".repeat(306))).isEqualTo(2);
        assertThat(SmsText.segments("a".repeat(307))).isEqualTo(3);
    }

    @Test
    void brackets_and_the_euro_take_two_places_and_are_not_torn_apart() {
        assertThat(SmsText.segments("€".repeat(80))).isEqualTo(1);
        assertThat(SmsText.segments("€".repeat(81))).isEqualTo(2);
        // 153 is odd: of 153 places 152 hold euros.
        assertThat(SmsText.segments("€".repeat(152))).isEqualTo(2);
        assertThat(SmsText.segments("€".repeat(153))).isEqualTo(3);
    }

    @Test
    void one_character_of_another_alphabet_makes_all_of_it_ucs2() {
        assertThat(SmsText.segments("ж".repeat(70))).isEqualTo(1);
        assertThat(SmsText.segments("ж" + "a".repeat(70))).isEqualTo(2);
        assertThat(SmsText.segments("ж".repeat(134))).isEqualTo(2);
        assertThat(SmsText.segments("ж".repeat(135))).isEqualTo(3);
        assertThat(SmsText.segments("😀".repeat(35))).isEqualTo(1);
        // 67 is odd: half a face is not left behind.
        assertThat(SmsText.segments("😀".repeat(66))).isEqualTo(2);
        assertThat(SmsText.segments("😀".repeat(67))).isEqualTo(3);
    }

    @Test
    void what_is_too_long_is_cut_short_between_characters() {
        for (String text : new String[] {"word ".repeat(200), "ж".repeat(900), "😀".repeat(500), "€".repeat(500)}) {
            SmsText cut = SmsText.of(text, 3);
            assertThat(cut.segments()).isEqualTo(3).isEqualTo(SmsText.segments(cut.body()));
            assertThat(cut.body()).endsWith("...");
            assertThat(Character.isHighSurrogate(cut.body().charAt(cut.body().length() - 4)))
                    .isFalse();
        }
        assertThat(SmsText.of("short", 3)).isEqualTo(new SmsText("short", 1));
    }

    @Test
    void a_hostile_text_is_one_line() {
        assertThat(SmsText.of("a\r\nBcc: x\u0000\u0007\u2028\ud800b\u001b[31m", 3)
                        .body())
                .isEqualTo("a Bcc: x b [31m");
    }
}
