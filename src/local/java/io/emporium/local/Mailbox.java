package io.emporium.local;

import jakarta.mail.BodyPart;
import jakarta.mail.Header;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/** The mails that local mode has caught: one file each, numbered from 1, one for every recipient. */
final class Mailbox {

    private static final String RECIPIENT = "X-Emporium-Recipient: ";

    private final Path folder;

    Mailbox(Path folder) {
        this.folder = folder;
    }

    synchronized void add(String recipient, byte[] mail) throws IOException {
        List<Integer> numbers = numbers();
        int number = numbers.isEmpty() ? 1 : numbers.getLast() + 1;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write((RECIPIENT + recipient + "\r\n").getBytes(StandardCharsets.UTF_8));
        bytes.write(mail);
        Path part = folder.resolve("arriving");
        Files.write(part, bytes.toByteArray());
        Files.move(part, file(number), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Summaries, newest first, of the mails for a recipient, or of all where it is null. */
    List<Map<String, Object>> list(String recipient) throws IOException, MessagingException {
        List<Map<String, Object>> mails = new ArrayList<>();
        List<Integer> numbers = new ArrayList<>(numbers());
        Collections.reverse(numbers);
        for (int number : numbers) {
            Map<String, Object> mail = summary(number, read(number));
            if (recipient == null || recipient.equalsIgnoreCase((String) mail.get("to"))) {
                mails.add(mail);
            }
        }
        return mails;
    }

    boolean has(int number) {
        return Files.exists(file(number));
    }

    byte[] raw(int number) throws IOException {
        return Files.readAllBytes(file(number));
    }

    /** A mail in full: its summary, headers, text, HTML and the names of its attachments. */
    Map<String, Object> mail(int number) throws IOException, MessagingException {
        MimeMessage message = read(number);
        Map<String, Object> mail = summary(number, message);
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : Collections.list(message.getAllHeaders())) {
            headers.put(header.getName(), header.getValue());
        }
        mail.put("headers", headers);
        mail.put("text", null);
        mail.put("html", null);
        mail.put("attachments", new ArrayList<String>());
        addParts(message, mail);
        return mail;
    }

    /** @param type without parameters, in small letters */
    record Attachment(String name, String type, byte[] bytes) {}

    /** One of a mail's attachments, from 0, in the order of {@link #mail}; null where there is none. */
    Attachment attachment(int number, int which) throws IOException, MessagingException {
        List<Attachment> found = new ArrayList<>();
        collect(read(number), found);
        return which < found.size() ? found.get(which) : null;
    }

    private static void collect(Part part, List<Attachment> found) throws IOException, MessagingException {
        if (part.getContent() instanceof Multipart parts) {
            for (int i = 0; i < parts.getCount(); i++) {
                collect(parts.getBodyPart(i), found);
            }
        } else if (isAttachment(part)) {
            String type = part.getContentType().split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
            found.add(new Attachment(
                    part.getFileName() == null ? "attachment" : part.getFileName(),
                    type,
                    part.getInputStream().readAllBytes()));
        }
    }

    private static boolean isAttachment(Part part) throws MessagingException {
        return part.getFileName() != null || Part.ATTACHMENT.equalsIgnoreCase(part.getDisposition());
    }

    synchronized void clear() throws IOException {
        for (int number : numbers()) {
            Files.deleteIfExists(file(number));
        }
    }

    private static void addParts(Part part, Map<String, Object> mail) throws IOException, MessagingException {
        if (part.getContent() instanceof Multipart parts) {
            for (int i = 0; i < parts.getCount(); i++) {
                BodyPart each = parts.getBodyPart(i);
                addParts(each, mail);
            }
        } else if (isAttachment(part)) {
            @SuppressWarnings("unchecked")
            List<String> attachments = (List<String>) mail.get("attachments");
            attachments.add(part.getFileName());
        } else if (part.isMimeType("text/html")) {
            mail.put("html", part.getContent().toString());
        } else if (part.isMimeType("text/*")) {
            mail.put("text", part.getContent().toString());
        }
    }

    private Map<String, Object> summary(int number, MimeMessage message) throws IOException, MessagingException {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("id", number);
        String[] recipient = message.getHeader("X-Emporium-Recipient");
        summary.put("to", recipient == null ? null : recipient[0]);
        summary.put("from", message.getFrom() == null ? null : message.getFrom()[0].toString());
        summary.put("subject", message.getSubject());
        summary.put("date", Files.getLastModifiedTime(file(number)).toInstant().toString());
        return summary;
    }

    private MimeMessage read(int number) throws IOException, MessagingException {
        return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(raw(number)));
    }

    private List<Integer> numbers() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("\\d+\\.eml"))
                    .map(name -> Integer.parseInt(name.substring(0, name.length() - 4)))
                    .sorted()
                    .toList();
        }
    }

    private Path file(int number) {
        return folder.resolve("%06d.eml".formatted(number));
    }
}
