package io.emporium.notification.email;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class EnhancedStatusTest {
    @Test
    void only_what_names_the_mailbox_is_one() {
        assertThat(EnhancedStatus.isNoSuchMailbox(550, "RCPT failed: 550 5.1.1 <a@b.c>: User unknown"))
                .isTrue();
        assertThat(EnhancedStatus.isNoSuchMailbox(550, "550 5.7.1 blocked")).isFalse();
        assertThat(EnhancedStatus.isNoSuchMailbox(550, "550 go away")).isFalse();
        assertThat(EnhancedStatus.isNoSuchMailbox(552, "552 5.2.2 mailbox full"))
                .isFalse();
        // Of our own address, and of the server's own way out: these are said of every customer.
        for (String ours : new String[] {"550 5.1.0 sender rejected", "550 5.4.4 no route", "554 5.0.0 failed"}) {
            assertThat(EnhancedStatus.isNoSuchMailbox(550, ours)).as(ours).isFalse();
            assertThat(EnhancedStatus.isHard(EnhancedStatus.in(ours))).as(ours).isFalse();
        }
        assertThat(EnhancedStatus.isNoSuchMailbox(550, "sender address not accepted: 550 5.1.1 unknown"))
                .isFalse();
        assertThat(EnhancedStatus.isNoSuchMailbox(450, "450 4.1.1 try later")).isFalse();
        assertThat(EnhancedStatus.isNoSuchMailbox(554, "554 from 10.5.1.1 refused"))
                .isFalse();
    }

    @Test
    void who_it_was_said_of_is_left_out() {
        assertThat(Discreet.of("550 5.1.1 <Jane@example.com>: jane@EXAMPLE.com unknown at mx", "jane@example.com"))
                .isEqualTo("550 5.1.1 <(address)>: (address) unknown at mx");
        assertThat(Discreet.of("550 <other@example.org>... no", "jane@example.com"))
                .isEqualTo("550 <(address)>... no");
    }

    @Test
    void a_message_id_of_ours_is_read_and_no_other() {
        UUID event = UUID.randomUUID();
        String id = new MessageIds("Shop <shop@shop.example>").of(event, 42);
        assertThat(id).isEqualTo("<" + event + ".42@shop.example>");
        assertThat(MessageIds.read(" " + id)).contains(new MessageIds.Named(event, 42));
        assertThat(MessageIds.read("<" + event + ".x@shop.example>")).isEmpty();
        assertThat(MessageIds.read("<1@shop.example>")).isEmpty();
    }
}
