package io.emporium.payment.bank;

import io.emporium.shared.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads what banks say of an account: the statement camt.053 (BankToCustomerStatement) and the notification camt.054
 * (BankToCustomerDebitCreditNotification) of ISO 20022, of any version. Read as a stream and to its end before anything is done
 * about it: a document of which the end is missing changes nothing.
 */
@ApplicationScoped
public class StatementReader {
    /** A document's most entries, or payments in batches. */
    public static final int MOST_ENTRIES = 10_000;

    private static final Pattern NAMESPACE =
            Pattern.compile("urn:iso:std:iso:20022:tech:xsd:camt\\.05[34]\\.001\\.\\d{2}");
    private static final Set<String> ACCOUNTS =
            Set.of("Document/BkToCstmrStmt/Stmt", "Document/BkToCstmrDbtCdtNtfctn/Ntfctn");
    private static final int LONGEST_TEXT = 2_000;

    private final BankAccount account;

    StatementReader(BankAccount account) {
        this.account = account;
    }

    /**
     * @return its lines in their order, of the shop's own account and no other
     * @throws Refusal MALFORMED_REQUEST for what is no such document; VALIDATION_ERROR if it is, in part or whole, of another
     *     account; PAYLOAD_TOO_LARGE above {@value #MOST_ENTRIES} entries
     */
    public List<StatementLine> read(InputStream document) {
        Body body = new Body(document);
        XMLStreamReader xml = null;
        try {
            xml = factory().createXMLStreamReader(body);
            return new Reading(xml).lines();
        } catch (Refusal refusal) {
            throw refusal;
        } catch (XMLStreamException | RuntimeException unreadable) {
            if (body.fault != null) {
                // The client went away, or sent more than it may: whoever looks after bodies says so.
                throw new UncheckedIOException(body.fault);
            }
            int line = unreadable instanceof XMLStreamException told && told.getLocation() != null
                    ? told.getLocation().getLineNumber()
                    : -1;
            throw StatementError.malformed("it is no well-formed XML" + (line < 0 ? "" : ", see line " + line));
        } finally {
            close(xml);
        }
    }

    // Of the JDK, whatever else is on the class path: what the settings do is known, and so are its limits (elements
    // 200 deep).
    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        return factory;
    }

    /** Spaces and case are how one likes them. */
    private static String bare(String account) {
        return account.replaceAll("\\s", "").toUpperCase(Locale.ROOT);
    }

    private static void close(@Nullable XMLStreamReader xml) {
        try {
            if (xml != null) {
                xml.close();
            }
        } catch (XMLStreamException closed) {
            // It holds nothing but memory.
        }
    }

    /** Remembers that it was the body that could not be read, which the parser wraps in words of its own. */
    private static final class Body extends FilterInputStream {
        private @Nullable IOException fault;

        Body(InputStream document) {
            super(document);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            try {
                return super.read(into, offset, length);
            } catch (IOException gone) {
                fault = gone;
                throw gone;
            }
        }
    }

    /** One document on its way through. */
    private final class Reading {
        private final XMLStreamReader xml;
        private final StringBuilder path = new StringBuilder();
        private final StringBuilder text = new StringBuilder();
        private final EntryDrafts entries = new EntryDrafts(MOST_ENTRIES);
        private int depth;
        private int accounts;
        private @Nullable String own;

        Reading(XMLStreamReader xml) {
            this.xml = xml;
        }

        List<StatementLine> lines() throws XMLStreamException {
            while (xml.hasNext()) {
                switch (xml.next()) {
                    case XMLStreamConstants.START_ELEMENT -> begin();
                    case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> read();
                    case XMLStreamConstants.END_ELEMENT -> end();
                    // No bank sends one, and whoever does wants more of the parser than to read.
                    case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
                        throw StatementError.malformed("it has a document type");
                    default -> {
                        // Comments and processing instructions say nothing.
                    }
                }
            }
            if (accounts == 0) {
                throw StatementError.malformed("it has no statement of an account");
            }
            return entries.lines();
        }

        private void begin() {
            if (depth == 0) {
                String namespace = String.valueOf(xml.getNamespaceURI());
                if (!xml.getLocalName().equals("Document")
                        || !NAMESPACE.matcher(namespace).matches()) {
                    throw StatementError.malformed("it is neither a camt.053 nor a camt.054 document");
                }
            }
            depth++;
            path.append(depth == 1 ? "" : "/").append(xml.getLocalName());
            text.setLength(0);
            String place = path.toString();
            if (ACCOUNTS.contains(place)) {
                accounts++;
                own = null;
            } else {
                entries.begin(inAccount(place), xml.getAttributeValue(null, "Ccy"));
            }
        }

        private void read() {
            text.append(xml.getTextCharacters(), xml.getTextStart(), xml.getTextLength());
            if (text.length() > LONGEST_TEXT && !text.toString().isBlank()) {
                throw StatementError.malformed("a text in it is longer than " + LONGEST_TEXT + " characters");
            }
        }

        private void end() {
            String place = path.toString();
            String inAccount = inAccount(place);
            switch (inAccount) {
                case "Acct/Id/IBAN", "Acct/Id/Othr/Id" -> own(text.toString().strip(), place);
                case "" -> {
                    if (ACCOUNTS.contains(place) && own == null) {
                        throw StatementError.otherAccount(place + "/Acct/Id/IBAN");
                    }
                }
                default -> {
                    if (own == null) {
                        if (inAccount.equals("Ntry")) {
                            throw StatementError.otherAccount(place);
                        }
                    } else {
                        entries.end(inAccount, text.toString().strip(), own);
                    }
                }
            }
            text.setLength(0);
            depth--;
            path.setLength(Math.max(0, place.lastIndexOf('/')));
        }

        private void own(String named, String place) {
            String bare = bare(named);
            if (!account.iban().map(StatementReader::bare).equals(Optional.of(bare))) {
                throw StatementError.otherAccount(place);
            }
            own = bare;
        }

        /** The place within the account's statement; empty where it is outside of one. */
        private static String inAccount(String place) {
            for (String outer : ACCOUNTS) {
                if (place.length() > outer.length() + 1 && place.startsWith(outer + "/")) {
                    return place.substring(outer.length() + 1);
                }
            }
            return "";
        }
    }
}
