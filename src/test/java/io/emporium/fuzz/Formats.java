package io.emporium.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Bodies that are no JSON: files of products, statements of a bank, pictures, forms. */
final class Formats {
    static final String BOUNDARY = "fuzz-boundary";

    private static final List<String> CELLS = List.of(
            "",
            " ",
            "\"",
            "\"\"",
            "=1+1",
            "@x",
            "\u0000",
            "x".repeat(2_000),
            "1e9",
            "-1",
            "9".repeat(40),
            "null",
            "\ud83d\ude00",
            "a\rb",
            "';--",
            "true");
    private static final List<String> XML = List.of(
            "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
            "<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/a.dtd\">",
            "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>",
            "<?xml version=\"1.1\"?>",
            "&x;",
            "]]>",
            "<a",
            "\u0000",
            "");

    private Formats() {}

    static String csv(RandomGenerator chance, int badEvery) {
        var csv = new StringBuilder("sku,name,description,price,category,brand,stock_quantity\n");
        for (int i = chance.nextInt(4); i >= 0; i--) {
            List<String> cells = new ArrayList<>(List.of(
                    "FUZZ-" + chance.nextInt(500),
                    "Fuzzed",
                    "Found",
                    chance.nextInt(100) + ".50",
                    "fuzz",
                    "Acme",
                    String.valueOf(chance.nextInt(50))));
            if (badEvery > 0) {
                cells.replaceAll(cell -> chance.nextInt(badEvery) == 0 ? Values.one(chance, CELLS) : cell);
            }
            csv.append(String.join(",", cells)).append('\n');
        }
        return csv.toString();
    }

    static String lines(RandomGenerator chance, int badEvery) {
        var lines = new StringBuilder();
        for (int i = chance.nextInt(4); i >= 0; i--) {
            String price = badEvery > 0 && chance.nextInt(badEvery) == 0
                    ? Values.one(chance, List.of("-1", "1e400", "\"x\"", "null", "[]", "{"))
                    : "9.50";
            lines.append("{\"sku\":\"FUZZ-")
                    .append(chance.nextInt(500))
                    .append("\",\"name\":\"Fuzzed\",\"category\":\"fuzz\",\"price\":")
                    .append(price)
                    .append(",\"stock_quantity\":3}\n");
        }
        return lines.toString();
    }

    static String statement(RandomGenerator chance, int badEvery) {
        String bad = badEvery > 0 && chance.nextInt(badEvery) == 0 ? Values.one(chance, XML) : "";
        return bad + "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt>"
                + "<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct><Ntry><Amt Ccy=\"USD\">"
                + (badEvery > 0 ? Values.one(chance, List.of("-1", "1e9", "x", "", "0.001", "9".repeat(60))) : "5.00")
                + "</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts></Ntry>" + bad
                + "</Stmt></BkToCstmrStmt></Document>";
    }

    static String multipart(RandomGenerator chance, int badEvery) {
        String name = badEvery > 0 ? Values.one(chance, List.of("image", "file", "", "../x", "a\"b")) : "image";
        String content = Values.one(
                chance,
                List.of(
                        "\u0089PNG\r\n\u001a\n",
                        "GIF89a",
                        "\u00ff\u00d8\u00ff\u00e0",
                        "RIFF\u0010\u0000\u0000\u0000WEBPVP8 ",
                        "<svg xmlns='http://www.w3.org/2000/svg'/>",
                        "",
                        "x".repeat(5_000)));
        return "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name
                + "\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n" + content + "\r\n--" + BOUNDARY
                + (badEvery > 0 && chance.nextInt(badEvery) == 0 ? "" : "--\r\n");
    }

    static String form(RandomGenerator chance) {
        return Values.one(
                chance,
                List.of(
                        "",
                        "a=b",
                        "MessageSid=SM1&MessageStatus=delivered",
                        "List-Unsubscribe=One-Click",
                        "%00=%00",
                        "%zz",
                        "a=" + "x".repeat(3_000),
                        "=",
                        "&&&",
                        "a[b]=c"));
    }
}
