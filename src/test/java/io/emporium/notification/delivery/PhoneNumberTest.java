package io.emporium.notification.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PhoneNumberTest {
    @Test
    void as_people_write_them() {
        for (String written :
                new String[] {"+1 (555) 123-4567", "001 555 123 4567", "+1.555.123.4567", " +15551234567 "}) {
            assertThat(PhoneNumber.e164(written)).contains("+15551234567");
        }
    }

    @Test
    void what_has_no_country_code_or_is_no_number_has_none() {
        for (String written : new String[] {
            null,
            "",
            "555 123 4567",
            "+0555123456",
            "+1",
            "+12345678901234567",
            "+1555123456x",
            "+1555\n1234567",
            "+١٥٥٥١٢٣٤٥٦٧"
        }) {
            assertThat(PhoneNumber.e164(written)).as(String.valueOf(written)).isEmpty();
        }
    }
}
