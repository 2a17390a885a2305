package io.emporium.notification.email;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.MimeConfig;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.jspecify.annotations.Nullable;

/**
 * A delivery status notification (RFC 3464) as a mail server writes it, or the complaint of a reader (RFC 5965) as their
 * mailbox provider does: a mail with a part for programs, and the mail that it is about, or the head of it.
 *
 * @param mail which mail of ours it is about; null where it does not say, or it is none of ours
 * @param recipients what became of it for each, 100 at most of a part
 * @param feedback what kind of complaint it is, {@code abuse} for example; null where it is none
 */
record MailReport(
        MessageIds.@Nullable Named mail,
        List<Recipient> recipients,
        @Nullable String feedback) {
    private static final int MOST_RECIPIENTS = 100;
    /**
     * The kinds that say "no more of it". Of the others, not-spam says the contrary, virus and auth-failure are about the mail,
     * and other is none that anybody could act upon.
     */
    private static final Set<String> UNWANTED = Set.of("abuse", "fraud", "opt-out", "opt-out-list");

    private static final int LONGEST_FIELD = 1_000;

    /**
     * @param address as the sender wrote it, else as it was last; empty where it does not say
     * @param action failed, delayed, delivered, relayed or expanded
     * @param status as RFC 3463 has it: 5.1.1
     * @param diagnostic the mail server's own words; may be empty
     */
    record Recipient(String address, String action, String status, String diagnostic) {
        /** For good: with 4.4.7, too, a server says that it has given up. */
        boolean hasFailed() {
            return action.equals("failed");
        }

        boolean isHard() {
            return hasFailed() && EnhancedStatus.isHard(status);
        }

        String reason() {
            return (status + " " + diagnostic).strip();
        }
    }

    /** Nothing where it is no such report: an answer from holidays, for example. */
    static Optional<MailReport> read(byte[] report) {
        MimeTokenStream parts = new MimeTokenStream(MimeConfig.custom()
                .setMaxLineLen(10_000)
                .setMaxHeaderLen(20_000)
                .setMaxHeaderCount(1_000)
                .build());
        parts.parse(new ByteArrayInputStream(report));
        List<Recipient> recipients = new ArrayList<>();
        MessageIds.Named mail = null;
        String feedback = null;
        int mails = 0;
        try {
            for (EntityState state = parts.getState(); state != EntityState.T_END_OF_STREAM; state = parts.next()) {
                if (state == EntityState.T_START_MESSAGE) {
                    mails++;
                } else if (state == EntityState.T_FIELD && mails > 1 && mail == null) {
                    mail = named(parts.getField());
                } else if (state == EntityState.T_BODY) {
                    String type = parts.getBodyDescriptor().getMimeType();
                    if (type.equals("message/delivery-status") || type.equals("message/global-delivery-status")) {
                        recipients.addAll(recipients(text(parts)));
                    } else if (type.equals("message/feedback-report") && feedback == null) {
                        feedback = feedback(text(parts));
                    } else if (type.equals("text/rfc822-headers") && mail == null) {
                        mail = fields(text(parts)).stream()
                                .findFirst()
                                .map(fields -> fields.getOrDefault("message-id", ""))
                                .flatMap(MessageIds::read)
                                .orElse(null);
                    }
                }
            }
        } catch (IOException | MimeException noMail) {
            return Optional.empty();
        }
        return recipients.isEmpty() && feedback == null
                ? Optional.empty()
                : Optional.of(new MailReport(mail, recipients, feedback));
    }

    boolean isComplaint() {
        return feedback != null && UNWANTED.contains(feedback);
    }

    private static MessageIds.@Nullable Named named(Field field) {
        return field.getName().equalsIgnoreCase("Message-ID")
                ? MessageIds.read(field.getBody()).orElse(null)
                : null;
    }

    private static String text(MimeTokenStream parts) throws IOException {
        try (InputStream body = parts.getDecodedInputStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String feedback(String report) {
        return fields(report).stream()
                .map(group -> group.getOrDefault("feedback-type", ""))
                .findFirst()
                // A comment may follow.
                .map(type -> type.split("[ (;]", 2)[0].toLowerCase(Locale.ROOT))
                .orElse("");
    }

    /** The first group is about the mail as a whole. */
    private static List<Recipient> recipients(String status) {
        return fields(status).stream()
                .filter(group -> group.containsKey("action"))
                .limit(MOST_RECIPIENTS)
                .map(group -> new Recipient(
                        address(group.getOrDefault("original-recipient", group.getOrDefault("final-recipient", ""))),
                        group.getOrDefault("action", "").toLowerCase(Locale.ROOT),
                        // A comment may follow.
                        group.getOrDefault("status", "").split("[ (]", 2)[0],
                        group.getOrDefault("diagnostic-code", "").replaceFirst("^[A-Za-z0-9-]{1,40};\\s*", "")))
                .toList();
    }

    /** {@code rfc822; jane@example.com} */
    private static String address(String typed) {
        return typed.substring(typed.indexOf(';') + 1).strip().replaceAll("^<|>$", "");
    }

    /** Groups of fields with blank lines between them; names in small letters, lines unfolded. */
    private static List<Map<String, String>> fields(String text) {
        List<Map<String, String>> groups = new ArrayList<>();
        Map<String, String> group = new LinkedHashMap<>();
        String last = "";
        for (String line : text.split("\r?\n", -1)) {
            int colon = line.indexOf(':');
            if (line.isBlank()) {
                if (!group.isEmpty()) {
                    groups.add(group);
                }
                group = new LinkedHashMap<>();
                last = "";
            } else if ((line.startsWith(" ") || line.startsWith("\t")) && !last.isEmpty()) {
                group.merge(last, " " + line.strip(), (one, more) -> shorten(one + more));
            } else if (colon > 0) {
                last = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
                group.putIfAbsent(last, shorten(line.substring(colon + 1).strip()));
            }
        }
        if (!group.isEmpty()) {
            groups.add(group);
        }
        return groups;
    }

    private static String shorten(String value) {
        return value.substring(0, Math.min(value.length(), LONGEST_FIELD));
    }
}
