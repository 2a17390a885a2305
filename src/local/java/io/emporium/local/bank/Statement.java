package io.emporium.local.bank;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** What the bank says of some days of the account, in the XML of ISO 20022. */
final class Statement {
    private static final String REFERENCE = "RF\\d{2}[A-Z0-9]{1,21}";

    private final Account account;
    private final List<Entry> all;
    private final LocalDate from;
    private final LocalDate to;

    Statement(Account account, List<Entry> all, LocalDate from, LocalDate to) {
        this.account = account;
        this.all = all;
        this.from = from;
        this.to = to;
    }

    /** What is booked in a currency. */
    static BigDecimal balance(List<Entry> entries, String currency) {
        return entries.stream()
                .filter(entry -> entry.isBooked() && entry.currency().equals(currency))
                .map(Entry::signed)
                .reduce(new BigDecimal("0.00"), BigDecimal::add);
    }

    /** @param message camt.053.001.08, or camt.054.001.08: the entries without balances */
    String xml(String message) {
        boolean statement = message.startsWith("camt.053");
        String outer = statement ? "BkToCstmrStmt" : "BkToCstmrDbtCdtNtfctn";
        String inner = statement ? "Stmt" : "Ntfctn";
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.append("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:")
                .append(message)
                .append("\"><")
                .append(outer)
                .append("><GrpHdr>")
                .append(element("MsgId", Ledger.newId()))
                .append(element("CreDtTm", now))
                .append("</GrpHdr><")
                .append(inner)
                .append('>')
                .append(element("Id", Ledger.newId()))
                .append(element("CreDtTm", now))
                .append("<FrToDt>")
                .append(element("FrDtTm", from + "T00:00:00Z"))
                .append(element("ToDtTm", to + "T23:59:59Z"))
                .append("</FrToDt><Acct><Id>")
                .append(element("IBAN", account.iban()))
                .append("</Id>")
                .append(element("Ccy", account.currency()))
                .append("</Acct>\n");
        if (statement) {
            xml.append(bal("OPBD", before(from), from)).append(bal("CLBD", before(to.plusDays(1)), to));
        }
        for (Entry entry : all) {
            if (isIn(entry)) {
                xml.append(ntry(entry));
            }
            if (entry.repeated()) {
                xml.append(ntry(entry));
            }
        }
        return xml.append("</")
                .append(inner)
                .append("></")
                .append(outer)
                .append("></Document>\n")
                .toString();
    }

    private boolean isIn(Entry entry) {
        LocalDate day = entry.isBooked() ? entry.booked() : entry.made();
        return entry.repeated() || !day.isBefore(from) && !day.isAfter(to);
    }

    private BigDecimal before(LocalDate day) {
        return balance(
                all.stream()
                        .filter(entry -> entry.isBooked() && entry.booked().isBefore(day))
                        .toList(),
                account.currency());
    }

    private String bal(String code, BigDecimal balance, LocalDate day) {
        return "<Bal><Tp><CdOrPrtry>" + element("Cd", code) + "</CdOrPrtry></Tp>"
                + amt(balance.abs(), account.currency())
                + element("CdtDbtInd", balance.signum() < 0 ? "DBIT" : "CRDT") + "<Dt>" + element("Dt", day.toString())
                + "</Dt></Bal>\n";
    }

    private String ntry(Entry entry) {
        boolean credit = entry.credit();
        String direction = element("CdtDbtInd", credit ? "CRDT" : "DBIT");
        String amount = amt(entry.amount(), entry.currency());
        String reference = entry.named() ? element("AcctSvcrRef", entry.id()) : "";
        StringBuilder xml = new StringBuilder("<Ntry>").append(amount).append(direction);
        if (entry.reverses() != null) {
            xml.append(element("RvslInd", "true"));
        }
        xml.append("<Sts>")
                .append(element("Cd", entry.isBooked() ? "BOOK" : "PDNG"))
                .append("</Sts>");
        if (entry.isBooked()) {
            String day = element("Dt", entry.booked().toString());
            xml.append("<BookgDt>")
                    .append(day)
                    .append("</BookgDt><ValDt>")
                    .append(day)
                    .append("</ValDt>");
        }
        xml.append(reference)
                .append("<BkTxCd><Domn><Cd>PMNT</Cd><Fmly>")
                .append(element("Cd", credit ? "RCDT" : "ICDT"))
                .append("<SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs>")
                .append(reference)
                .append(element("EndToEndId", "NOTPROVIDED"))
                .append("</Refs>")
                .append(amount)
                .append(direction)
                .append("<RltdPties>")
                .append(party(entry, credit == (entry.reverses() == null)))
                .append("</RltdPties>")
                .append(remittance(entry))
                .append("</TxDtls></NtryDtls></Ntry>\n");
        return xml.toString();
    }

    private static String party(Entry entry, boolean pays) {
        String role = pays ? "Dbtr" : "Cdtr";
        String party = "<" + role + "><Pty>" + element("Nm", entry.name()) + "</Pty></" + role + ">";
        return entry.iban() == null
                ? party
                : party + "<" + role + "Acct><Id>" + element("IBAN", entry.iban()) + "</Id></" + role + "Acct>";
    }

    private static String remittance(Entry entry) {
        String given = entry.remittance();
        String shown = switch (entry.shown()) {
            case "spaced" -> given.replaceAll("(.{4})(?=.)", "$1 ");
            case "lower_case" -> given.toLowerCase(Locale.ROOT);
            case "in_text" -> "Thank you! Order/Invoice: " + given + ", with kind regards";
            case "dropped" -> "";
            default -> given;
        };
        if (shown.isEmpty()) {
            return "";
        }
        boolean structured = given.matches(REFERENCE) && !entry.shown().equals("in_text");
        return structured
                ? "<RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp>" + element("Ref", shown)
                        + "</CdtrRefInf></Strd></RmtInf>"
                : "<RmtInf>" + element("Ustrd", shown) + "</RmtInf>";
    }

    private static String amt(BigDecimal amount, String currency) {
        return "<Amt Ccy=\"" + currency + "\">" + amount.toPlainString() + "</Amt>";
    }

    private static String element(String name, String text) {
        return "<" + name + ">" + escape(text) + "</" + name + ">";
    }

    /** What XML 1.0 cannot hold is left out. */
    private static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(point -> {
            switch (point) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                default -> {
                    boolean allowed = point >= 0x20
                            && point != 0xFFFE
                            && point != 0xFFFF
                            && !(point >= 0xD800 && point <= 0xDFFF);
                    if (allowed || point == '\t' || point == '\n') {
                        out.appendCodePoint(point);
                    }
                }
            }
        });
        return out.toString();
    }
}
