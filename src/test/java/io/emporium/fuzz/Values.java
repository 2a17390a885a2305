package io.emporium.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.random.RandomGenerator;

/** What is sent: what fits a schema, what nearly does, and what should not. */
final class Values {
    /** Ids of nothing: the numbers of other tests' rows are small. */
    private static final long NOBODYS = 7_000_000_000L;

    private static final int MOST_SEEN = 300;
    private static final int DEEPEST = 5;

    /** As they stand in JSON. */
    private static final List<String> HOSTILE = List.of(
            "null",
            "true",
            "false",
            "0",
            "-0",
            "-1",
            "1",
            "1.5",
            "0.005",
            "99999999.99",
            "2147483647",
            "2147483648",
            "-2147483649",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775809",
            "1e400",
            "-1e400",
            "1e-400",
            "1e999999999",
            "9".repeat(200),
            "0." + "0".repeat(200) + "1",
            "\"\"",
            "\" \"",
            "\"\\t\"",
            "\"x\"",
            "\"0\"",
            "\"-1\"",
            "\"1e3\"",
            "\"NaN\"",
            "\"null\"",
            "\"true\"",
            "\"a\\u0000b\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"\\udc00x\"",
            "\"\\ud83d\\ude00\"",
            "\"\\u202egnp.exe\"",
            "\"\\u2028\"",
            "\"\\ufeff\"",
            "\"e\\u0301\\u0301\\u0301\"",
            "\"\\u0130\\u0131\\u00df\\ufb01\"",
            "\"\\u0001\\u001f\\u007f\\u0085\"",
            "\"\\r\\nSet-Cookie: a=b\\r\\n\\r\\n\"",
            "\"<script>alert(1)</script>\"",
            "\"\\\"><img src=x onerror=alert(1)>\"",
            "\"{7*7}{{7*7}}${7*7}#{7*7}\"",
            "\"{config:all}{inject:vertx}\"",
            "\"${jndi:ldap://127.0.0.1/a}\"",
            "\"%s%n%x%d\"",
            "\"' OR '1'='1\"",
            "\"'; DROP TABLE orders; --\"",
            "\"\\\\' UNION SELECT NULL--\"",
            "\"1) OR (1=1\"",
            "\"%' ESCAPE '!\"",
            "\"$$;SELECT pg_sleep(9)$$\"",
            "\"=cmd|' /C calc'!A0\"",
            "\"@SUM(1+1)\"",
            "\"../../../etc/passwd\"",
            "\"..\\\\..\\\\x\"",
            "\"/dev/null\"",
            "\"file:///etc/passwd\"",
            "\"*:*\"",
            "\"a AND OR NOT ( [ TO ] ^~ \\\\\"",
            "\"2026-02-30\"",
            "\"2026-02-30T25:61:61Z\"",
            "\"-999999999-01-01T00:00:00Z\"",
            "\"+294277-01-01T00:00:00Z\"",
            "\"0000-00-00\"",
            "\"9999-12-31T23:59:59.999999999Z\"",
            "\"00000000-0000-0000-0000-000000000000\"",
            "\"admin@\"",
            "\"a@b.c\\nBcc: x@y.z\"",
            "\"\\\"a b\\\"@example.com\"",
            "\"a@[127.0.0.1]\"",
            "\"+1\"",
            "\"+15005550006\"",
            "\"" + "x".repeat(256) + "\"",
            "\"" + "x".repeat(5_000) + "\"",
            "\"" + "\\u00e9".repeat(3_000) + "\"",
            "\"" + "a ".repeat(2_000) + "\"",
            "[]",
            "[null]",
            "[[]]",
            "[{}]",
            "[1,\"a\",null]",
            "{}",
            "{\"a\":{\"b\":[1,2]}}",
            "{\"\":null}",
            "{\"__proto__\":{\"admin\":true}}",
            "{\"@class\":\"java.lang.Runtime\"}",
            "[".repeat(60) + "]".repeat(60),
            "{\"a\":".repeat(60) + "1" + "}".repeat(60),
            "[" + "1,".repeat(3_000) + "1]",
            "NaN",
            "Infinity",
            "01",
            "+1",
            "'x'",
            "undefined",
            "\"\\x\"",
            "\"\\ud8\"",
            "[1,]",
            "{\"a\"}",
            "");

    /** As they stand in an address. */
    private static final List<String> HOSTILE_IN_ADDRESS = List.of(
            "",
            "0",
            "-1",
            "00",
            "1.5",
            "abc",
            "2147483648",
            "9223372036854775807",
            "9223372036854775808",
            "1e309",
            "null",
            "undefined",
            "true",
            "%00",
            "a%00b",
            "%0d%0aSet-Cookie:%20a=b",
            "%ed%a0%80",
            "%ff%fe",
            "%c0%ae%c0%ae",
            "%F0%9F%98%80",
            "%e2%80%ae",
            "%27%20OR%201=1--",
            "%27%3B%20SELECT%20pg_sleep(9)--",
            "1%29%20OR%20%281%3D1",
            "%25%27",
            "%25%25",
            "_%25_",
            "..%2f..%2fetc%2fpasswd",
            "..",
            ".",
            "%2e%2e",
            "%2f",
            "%5c",
            "%3Cscript%3E",
            "%7B7*7%7D",
            "$%7Bjndi:ldap://127.0.0.1/a%7D",
            "a,b,c",
            "a;b=c",
            "a&b",
            "[]",
            "*",
            "%2b",
            "+",
            "%20",
            "%",
            "%zz",
            "%2",
            "x".repeat(300),
            "x".repeat(3_000),
            "%41".repeat(500),
            "2026-02-30",
            "2026-13-01T00:00:00Z",
            "-999999999-01-01",
            "9999-12-31T23:59:59.999999999Z",
            "page_1",
            "\u00e9",
            "<a>",
            "\"",
            "|",
            "^",
            "`",
            "{x}",
            "\\");

    /** Named so, they are rows of all tests: only those that this one has made. */
    private static final Set<String> ONLY_OURS = Set.of("user_id", "product_id", "api_key_id", "reference", "id");

    private final Document document;
    private final Map<String, ConcurrentLinkedDeque<String>> seen = new ConcurrentHashMap<>();
    private final List<String> urls;

    /** @param urls addresses that nobody may call, put where anything may stand */
    Values(Document document, List<String> urls) {
        this.document = document;
        this.urls = urls;
    }

    /** What an answer tells is what the next requests ask for. */
    void learn(JsonNode node, boolean isOurs) {
        if (node.isObject()) {
            node.properties().forEach(field -> {
                if (field.getValue().isValueNode() && !field.getValue().isNull()) {
                    if (isOurs || !ONLY_OURS.contains(field.getKey())) {
                        know(field.getKey(), field.getValue().asText());
                    }
                } else {
                    learn(field.getValue(), isOurs);
                }
            });
        } else if (node.isArray()) {
            for (int i = 0; i < Math.min(5, node.size()); i++) {
                learn(node.get(i), isOurs);
            }
        }
    }

    void know(String name, String value) {
        var values = seen.computeIfAbsent(name, any -> new ConcurrentLinkedDeque<>());
        if (value.length() <= 200 && !values.contains(value)) {
            values.addFirst(value);
            if (values.size() > MOST_SEEN) {
                values.removeLast();
            }
        }
    }

    List<String> all(String name) {
        return seen.containsKey(name) ? List.copyOf(seen.get(name)) : List.of();
    }

    /** As JSON. */
    String good(RandomGenerator chance, String name, JsonNode unresolved, int depth) {
        JsonNode schema = document.resolved(unresolved);
        if (chance.nextInt(3) > 0 && !all(name).isEmpty() && !schema.has("enum")) {
            String known = one(chance, all(name));
            return isText(schema) ? quoted(known) : known.isEmpty() ? "null" : numeric(known) ? known : quoted(known);
        }
        JsonNode example = schema.path("examples").path(0).isMissingNode()
                ? schema.path("example")
                : schema.path("examples").path(0);
        if (name.endsWith("_id") && !isText(schema)) {
            return String.valueOf(NOBODYS + chance.nextInt(3));
        }
        if (!schema.path("enum").isEmpty()) {
            return schema.path("enum")
                    .path(chance.nextInt(schema.path("enum").size()))
                    .toString();
        }
        if (!example.isMissingNode() && chance.nextInt(3) > 0) {
            return example.isTextual() && !isText(schema) ? example.asText() : example.toString();
        }
        return switch (type(schema)) {
            case "boolean" -> String.valueOf(chance.nextBoolean());
            case "integer" -> String.valueOf(bounded(chance, schema, 1, 10));
            case "number" -> bounded(chance, schema, 1, 100) + "." + (10 + chance.nextInt(90));
            case "array" -> {
                List<String> items = new ArrayList<>();
                for (int i = chance.nextInt(3); i >= 0 && depth < DEEPEST; i--) {
                    items.add(good(chance, name, schema.path("items"), depth + 1));
                }
                yield "[" + String.join(",", items) + "]";
            }
            case "object" -> depth < DEEPEST ? object(chance, schema, 0, depth) : "{}";
            default -> quoted(text(chance, schema));
        };
    }

    /** An object of which every so-manieth field is not as it should be; 0 for none. */
    String object(RandomGenerator chance, JsonNode unresolved, int badEvery, int depth) {
        JsonNode schema = document.resolved(unresolved);
        Set<String> required = new java.util.HashSet<>();
        schema.path("required").forEach(field -> required.add(field.asText()));
        List<String> fields = new ArrayList<>();
        schema.path("properties").properties().forEach(field -> {
            boolean isBad = badEvery > 0 && chance.nextInt(badEvery) == 0;
            if (isBad && chance.nextInt(6) == 0
                    || !isBad && !required.contains(field.getKey()) && chance.nextInt(3) == 0) {
                return;
            }
            String value = isBad
                    ? bad(chance, field.getKey(), field.getValue())
                    : good(chance, field.getKey(), field.getValue(), depth + 1);
            fields.add(quoted(field.getKey()) + ":" + value);
            if (isBad && chance.nextInt(10) == 0) {
                fields.add(quoted(field.getKey()) + ":" + hostile(chance));
            }
        });
        if (badEvery > 0 && chance.nextInt(badEvery) == 0) {
            fields.add(one(
                    chance,
                    List.of(
                            "\"role\":\"admin\"",
                            "\"user_id\":1",
                            "\"\":1",
                            "\"is_active\":true",
                            "\"\\u0000\":1",
                            "\"total_amount\":0.01")));
        }
        return "{" + String.join(",", fields) + "}";
    }

    /** As JSON: on the edge of what fits, or past it. */
    private String bad(RandomGenerator chance, String name, JsonNode unresolved) {
        JsonNode schema = document.resolved(unresolved);
        return switch (chance.nextInt(4)) {
            case 0 -> edge(chance, schema);
            case 1 ->
                chance.nextBoolean()
                        ? "[" + good(chance, name, schema, 1) + "]"
                        : "{\"" + name + "\":" + good(chance, name, schema, 1) + "}";
            default -> hostile(chance);
        };
    }

    private String edge(RandomGenerator chance, JsonNode schema) {
        int by = chance.nextInt(3) - 1;
        List<String> edges = new ArrayList<>();
        for (String bound : List.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")) {
            if (schema.path(bound).isNumber()) {
                edges.add(schema.path(bound)
                        .decimalValue()
                        .add(java.math.BigDecimal.valueOf(by))
                        .toPlainString());
            }
        }
        for (String bound : List.of("minLength", "maxLength")) {
            if (schema.path(bound).isNumber()) {
                int length = Math.max(0, schema.path(bound).asInt() + by);
                edges.add(quoted(one(chance, List.of("x", "\u00e9", "\ud83d\ude00", " ", "7"))
                        .repeat(Math.min(length, 20_000))));
            }
        }
        return edges.isEmpty() ? hostile(chance) : one(chance, edges);
    }

    private String hostile(RandomGenerator chance) {
        return chance.nextInt(12) == 0 ? quoted(one(chance, urls)) : one(chance, HOSTILE);
    }

    /** As it stands in an address. */
    String inAddress(RandomGenerator chance, String name, JsonNode schema, boolean isBad) {
        if (isBad) {
            return chance.nextInt(12) == 0
                    ? URLEncoder.encode(one(chance, urls), StandardCharsets.UTF_8)
                    : one(chance, HOSTILE_IN_ADDRESS);
        }
        String good = good(chance, name, schema, DEEPEST);
        String plain = good.startsWith("\"") ? unquoted(good) : good;
        return URLEncoder.encode(plain, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String text(RandomGenerator chance, JsonNode schema) {
        String format = schema.path("format").asText();
        int most = schema.path("maxLength").asInt(40);
        int least = schema.path("minLength").asInt(1);
        return switch (format) {
            case "date" -> "2027-0" + (1 + chance.nextInt(9)) + "-1" + chance.nextInt(10);
            case "date-time" -> "2026-11-2" + chance.nextInt(9) + "T10:00:00Z";
            case "uuid" -> new java.util.UUID(chance.nextLong(), chance.nextLong()).toString();
            case "email" -> "fuzz-" + Long.toHexString(chance.nextLong()) + "@example.com";
            default -> {
                var text = new StringBuilder();
                int length = Math.min(Math.max(least, 1 + chance.nextInt(20)), Math.max(1, most));
                while (text.length() < length) {
                    text.append((char) ('a' + chance.nextInt(26)));
                }
                yield text.toString();
            }
        };
    }

    private static long bounded(RandomGenerator chance, JsonNode schema, long from, long to) {
        long least = Math.max(schema.path("minimum").asLong(from), -1_000_000);
        long most = Math.max(least, Math.min(schema.path("maximum").asLong(to), least + to));
        return chance.nextLong(least, most + 1);
    }

    private static String type(JsonNode schema) {
        JsonNode type = schema.path("type");
        if (!type.isArray()) {
            return type.asText(schema.has("properties") ? "object" : "string");
        }
        for (JsonNode each : type) {
            if (!each.asText().equals("null")) {
                return each.asText();
            }
        }
        return "string";
    }

    private static boolean isText(JsonNode schema) {
        return type(schema).equals("string");
    }

    private static boolean numeric(String text) {
        return text.matches("-?[0-9]{1,18}(\\.[0-9]+)?|true|false");
    }

    static String quoted(String text) {
        return TextNode.valueOf(text).toString();
    }

    private static String unquoted(String json) {
        try {
            return Document.JSON.readTree(json).asText();
        } catch (com.fasterxml.jackson.core.JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static <T> T one(RandomGenerator chance, List<T> of) {
        return of.get(chance.nextInt(of.size()));
    }
}
