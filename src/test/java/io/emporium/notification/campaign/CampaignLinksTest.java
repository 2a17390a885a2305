package io.emporium.notification.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CampaignLinksTest {
    @Test
    void links_lead_to_the_public_url_as_it_is_set() {
        var links = new CampaignLinks(Optional.of("https://api.shop.example/ "));

        assertThatCode(links::check).doesNotThrowAnyException();
        assertThat(links.unsubscribe("t")).isEqualTo("https://api.shop.example/api/v1/unsubscribe/t");
        assertThat(links.click("t")).isEqualTo("https://api.shop.example/api/v1/c/t");
    }

    @Test
    void they_are_https_or_lead_nowhere_else() {
        for (String fit : List.of("https://api.shop.example", "HTTPS://shop.example:8443", "http://localhost:8080")) {
            assertThatCode(new CampaignLinks(Optional.of(fit))::check).as(fit).doesNotThrowAnyException();
        }
        for (String unfit : List.of(
                "http://api.shop.example",
                "http://localhost.shop.example",
                "api.shop.example",
                "https://shop example",
                "https:")) {
            assertThatThrownBy(new CampaignLinks(Optional.of(unfit))::check)
                    .as(unfit)
                    .hasMessageContaining("https");
        }
    }

    @Test
    void where_they_lead_is_looked_at_whenever_mails_are_to_leave() {
        var unfit = new CampaignLinks(Optional.of("http://api.shop.example"));
        // It is refused before anything else of it is asked.
        var campaigns = new CampaignService(null, null, unfit, null, null, "EUR");

        assertThatThrownBy(() -> campaigns.send(1)).hasMessageContaining("https");
        assertThatThrownBy(() -> campaigns.resume(1)).hasMessageContaining("https");
        assertThatThrownBy(() -> campaigns.test(1, 1)).hasMessageContaining("https");
    }

    @Test
    void without_one_there_are_none() {
        for (Optional<String> unset : List.of(Optional.<String>empty(), Optional.of(" "))) {
            var links = new CampaignLinks(unset);

            assertThatThrownBy(links::check).hasMessageContaining("PUBLIC_URL");
            assertThatThrownBy(() -> links.unsubscribe("t")).hasMessageContaining("PUBLIC_URL");
        }
    }
}
