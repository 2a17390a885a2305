package io.emporium.notification.email;

import io.quarkus.qute.Engine;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes the mails of campaigns, many in one statement. They wait in the same table as the shop's other mail and are sent
 * by a line of their own.
 */
@ApplicationScoped
public class Promotions {
    private static final String TYPE = "promotional";
    private static final String FIRST_NAME = "{{first_name}}";

    private final EntityManager database;
    private final Engine templates;
    private final Clock clock;

    Promotions(EntityManager database, Engine templates, Clock clock) {
        this.database = database;
        this.templates = templates;
        this.clock = clock;
    }

    /**
     * What all of them are told. {@code {{first_name}}} stands for the recipient's in subject, title, text and html.
     *
     * @param eventId one mail of it goes to an address
     * @param html safe: it is put into the mail as it is
     * @param ctaText what the button says; none without
     */
    public record Message(
            UUID eventId,
            String subject,
            String title,
            String html,
            String text,
            @Nullable String ctaText) {}

    /**
     * One of those it goes to.
     *
     * @param recipientId the row of campaign_recipients; null for a test, which belongs to no campaign
     * @param ctaLink where their button leads; none without
     */
    public record Addressee(
            @Nullable Long recipientId,
            long userId,
            String email,
            String firstName,
            @Nullable String ctaLink,
            String unsubscribeLink) {}

    /** A mail as it leaves. */
    public record Written(String subject, String html, String text) {}

    /** As the addressee would get it. */
    public Written write(Message message, Addressee to) {
        Map<String, Object> values = new HashMap<>();
        String subject = Letter.subject(named(message.subject(), to.firstName()));
        values.put("subject", subject);
        values.put("title", Letter.line(named(message.title(), to.firstName())));
        values.put("first_name", Letter.line(to.firstName()));
        values.put("unsubscribe_link", to.unsubscribeLink());
        if (message.ctaText() != null && to.ctaLink() != null) {
            values.put("action", Letter.line(message.ctaText()));
            values.put("link", to.ctaLink());
        }
        values.put("content", named(message.text(), to.firstName()));
        String text = render(TYPE + ".txt", values);
        values.put("content", message.html().replace(FIRST_NAME, escaped(Letter.line(to.firstName()))));
        return new Written(subject, render(TYPE + ".html", values), text);
    }

    /**
     * Leaves their mails to be sent. An address that has one of this message already gets no other.
     *
     * @return those whose mail was new
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Set<Addressee> send(Message message, List<Addressee> all) {
        if (all.isEmpty()) {
            return Set.of();
        }
        Instant now = clock.instant();
        List<Written> mails = all.stream().map(to -> write(message, to)).toList();
        List<?> written = database.createNativeQuery("""
                        INSERT INTO deliveries (user_id, channel, type, event_id, recipient, subject, body_text, body_html,
                                                next_try_at, created_at, campaign_recipient_id, list_unsubscribe, purpose)
                        SELECT user_id, 'email', :type, :event, recipient, subject, body_text, body_html, :now, :now,
                               campaign_recipient_id, list_unsubscribe, CASE WHEN campaign_recipient_id IS NULL THEN 'account' ELSE 'promotion' END
                          FROM unnest(CAST(:users AS bigint[]), CAST(:recipients AS text[]), CAST(:subjects AS text[]),
                                      CAST(:texts AS text[]), CAST(:htmls AS text[]), CAST(:rows AS bigint[]), CAST(:links AS text[]))
                               AS m (user_id, recipient, subject, body_text, body_html, campaign_recipient_id, list_unsubscribe)
                        ON CONFLICT (event_id, type, channel, md5(recipient)) DO NOTHING
                        RETURNING user_id
                        """, Long.class)
                .setParameter("type", TYPE)
                .setParameter("event", message.eventId())
                .setParameter("now", now)
                .setParameter("users", all.stream().map(Addressee::userId).toArray(Long[]::new))
                .setParameter("recipients", each(all, Addressee::email))
                .setParameter("subjects", each(mails, Written::subject))
                .setParameter("texts", each(mails, Written::text))
                .setParameter("htmls", each(mails, Written::html))
                .setParameter("rows", all.stream().map(Addressee::recipientId).toArray(Long[]::new))
                .setParameter("links", each(all, Addressee::unsubscribeLink))
                .getResultList();
        Set<Object> users = new HashSet<>(written);
        Set<Addressee> fresh = new HashSet<>(all);
        fresh.removeIf(to -> !users.contains(to.userId()));
        return fresh;
    }

    private static <T> String[] each(List<T> all, Function<T, String> part) {
        return all.stream().map(part).toArray(String[]::new);
    }

    private static String named(String text, String firstName) {
        return text.replace(FIRST_NAME, Letter.line(firstName));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    private String render(String template, Map<String, Object> values) {
        return Objects.requireNonNull(templates.getTemplate("mail/" + template), template)
                .render(values);
    }
}
