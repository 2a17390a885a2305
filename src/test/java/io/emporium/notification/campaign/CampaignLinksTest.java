package io.emporium.notification.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class CampaignLinksTest {
    @Test
    void links_lead_to_the_public_url_as_it_is_set() {
        var links = new CampaignLinks(Optional.of("https://api.shop.example/ "));

        assertThat(links.areKnown()).isTrue();
        assertThat(links.unsubscribe("t")).isEqualTo("https://api.shop.example/api/v1/unsubscribe/t");
        assertThat(links.click("t")).isEqualTo("https://api.shop.example/api/v1/c/t");
    }

    @Test
    void without_one_there_are_none() {
        for (Optional<String> unset : java.util.List.of(Optional.<String>empty(), Optional.of(" "))) {
            var links = new CampaignLinks(unset);

            assertThat(links.areKnown()).isFalse();
            assertThatThrownBy(() -> links.unsubscribe("t")).hasMessageContaining("PUBLIC_URL");
        }
    }
}
