package io.emporium.local;

import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** An SMTP server that sends nothing on: what it is given becomes a mail of the {@link Mailbox}. */
final class MailServer implements LocalServer {

    private final Mailbox mailbox;
    private final int port = Ports.free();
    private GreenMail greenMail;

    MailServer(DataFolder data) throws IOException {
        Path folder = data.folder("mails");
        this.mailbox = new Mailbox(folder);
    }

    Mailbox mailbox() {
        return mailbox;
    }

    @Override
    public String name() {
        return "smtp";
    }

    @Override
    public String title() {
        return "SMTP sink";
    }

    @Override
    public void start() throws Exception {
        GreenMail starting = new GreenMail(new ServerSetup(port, Ports.HOST, ServerSetup.PROTOCOL_SMTP));
        GreenMailUser sink = starting.setUser("sink", "sink", "sink");
        starting.getUserManager().setMessageDeliveryHandler((message, recipient) -> {
            try {
                // Whom the envelope names matters, not whom the header claims: a blind copy is seen too.
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                message.getMessage().writeTo(bytes);
                mailbox.add(recipient.getEmail(), bytes.toByteArray());
                // GreenMail's own copies would only fill the memory.
                starting.purgeEmailFromAllMailboxes();
            } catch (IOException | com.icegreen.greenmail.store.FolderException e) {
                throw new jakarta.mail.MessagingException("the mail could not be kept", e);
            }
            return sink;
        });
        starting.start();
        greenMail = starting;
    }

    @Override
    public void stop() {
        if (greenMail != null) {
            greenMail.stop();
            greenMail = null;
        }
    }

    @Override
    public Map<String, String> settings() {
        return Map.of("SMTP_HOST", Ports.HOST, "SMTP_PORT", Integer.toString(port));
    }
}
