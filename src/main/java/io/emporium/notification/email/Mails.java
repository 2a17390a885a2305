package io.emporium.notification.email;

import io.emporium.identity.User;
import io.emporium.notification.delivery.Channel;
import io.emporium.notification.delivery.Deliveries;
import io.emporium.notification.delivery.Message;
import io.quarkus.qute.Engine;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Writes mails: templates filled with a letter. */
@ApplicationScoped
public class Mails {
    private final Deliveries deliveries;
    private final Engine templates;
    private final Optional<String> shopUrl;

    Mails(
            Deliveries deliveries,
            Engine templates,
            @ConfigProperty(name = "emporium.shop-url") Optional<String> shopUrl) {
        this.deliveries = deliveries;
        this.templates = templates;
        this.shopUrl = shopUrl;
    }

    /**
     * Writes a mail and leaves it to be sent; an event makes one of a type for a recipient, however often it is told.
     *
     * @param type also the name of its templates, {@code templates/mail/<type>.html} and {@code .txt}
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void add(User customer, UUID eventId, String type, String subject, Letter letter) {
        Map<String, Object> values = new HashMap<>(letter.values());
        // One line in the HTML's title too: it may name what somebody typed.
        String line = Letter.subject(subject);
        values.put("subject", line);
        Object path = values.get("link_path");
        if (path != null) {
            shopUrl.ifPresent(url -> values.put("link", url + path));
        }
        deliveries.add(new Message(
                Channel.EMAIL,
                letter.purpose(),
                customer.userId(),
                eventId,
                type,
                customer.email(),
                line,
                render(type + ".txt", values),
                render(type + ".html", values),
                null,
                letter.about()));
    }

    private String render(String template, Map<String, Object> values) {
        return Objects.requireNonNull(templates.getTemplate("mail/" + template), template)
                .render(values);
    }
}
