package io.emporium.payment.bank;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CreditorReferenceTest {
    @Test
    void a_bank_finds_it_right() {
        // The standard's own example.
        assertThat(CreditorReference.remainder("539007547034" + "RF18")).isEqualTo(1);

        String reference = CreditorReference.of("ORD-2026-0001", "pay_0b9e2f6c7d8e9f00112233445566a1b2");

        assertThat(reference).matches("RF\\d\\dORD2026000166A1B2").hasSizeLessThanOrEqualTo(25);
        assertThat(CreditorReference.remainder(reference.substring(4) + reference.substring(0, 4)))
                .isEqualTo(1);
    }

    @Test
    void it_is_found_in_what_was_written_and_a_slip_of_the_pen_is_not() {
        assertThat(CreditorReference.in("INVOICERF18539007547034THANKYOU")).contains("RF18539007547034");
        assertThat(CreditorReference.in("RF18539007547034")).containsExactly("RF18539007547034");
        assertThat(CreditorReference.in("RF18539007547043")).isEmpty();
        for (String text : new String[] {"", "R", "RF", "RF1", "RF18", "RFRFRFRF", "RF".repeat(1000)}) {
            assertThat(CreditorReference.in(text)).hasSizeLessThanOrEqualTo(100);
        }
    }

    @Test
    void the_longest_order_number_fits_and_a_second_attempt_has_another() {
        String order = "ORD-2026-123456789012345";
        String first = CreditorReference.of(order, "pay_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        assertThat(first).hasSize(25);
        assertThat(CreditorReference.of(order, "pay_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"))
                .isNotEqualTo(first);
    }
}
