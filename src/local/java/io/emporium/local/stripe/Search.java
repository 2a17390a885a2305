package io.emporium.local.stripe;

import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The part of Stripe's search language that looks for payment intents: clauses joined by AND, equality and comparison. */
final class Search {
    private static final Pattern CLAUSE = Pattern.compile(
            "\\s*(?:metadata\\[['\"]([^'\"]+)['\"]]|(status|currency|customer|amount|created))\\s*(:|>=|<=|>|<)\\s*"
                    + "(?:'((?:[^'\\\\]|\\\\.)*)'|\"((?:[^\"\\\\]|\\\\.)*)\"|(\\d{1,15}))\\s*(?:AND\\b|$)");

    private Search() {}

    static Predicate<Intent> parse(String query) {
        Predicate<Intent> all = intent -> true;
        Matcher clause = CLAUSE.matcher(query);
        int at = 0;
        while (at < query.length()) {
            if (!clause.region(at, query.length()).lookingAt()) {
                throw StripeError.parameter(
                        "parameter_invalid", "query", "The search query is not understood at character " + at + ".");
            }
            all = all.and(clause(clause));
            at = clause.end();
        }
        return all;
    }

    private static Predicate<Intent> clause(Matcher clause) {
        String key = clause.group(1);
        String field = clause.group(2);
        String sign = clause.group(3);
        String quoted = clause.group(4) != null ? clause.group(4) : clause.group(5);
        String value = quoted != null ? quoted.replaceAll("\\\\(.)", "$1") : clause.group(6);
        if (key != null && sign.equals(":")) {
            return intent -> value.equals(intent.terms().metadata().get(key));
        }
        if (field != null && (field.equals("amount") || field.equals("created")) && value.matches("\\d{1,15}")) {
            long wanted = Long.parseLong(value);
            return intent -> compare(field.equals("amount") ? intent.terms().amount() : intent.created(), sign, wanted);
        }
        if (field == null || !sign.equals(":")) {
            throw StripeError.parameter("parameter_invalid", "query", "That field cannot be compared this way.");
        }
        return switch (field) {
            case "status" -> intent -> intent.is(value);
            case "currency" -> intent -> intent.terms().currency().equalsIgnoreCase(value);
            case "customer" -> intent -> value.equals(intent.terms().details().get("customer"));
            default -> throw StripeError.parameter("parameter_invalid", "query", "Invalid value of " + field + ".");
        };
    }

    private static boolean compare(long actual, String sign, long wanted) {
        return switch (sign) {
            case ">" -> actual > wanted;
            case ">=" -> actual >= wanted;
            case "<" -> actual < wanted;
            case "<=" -> actual <= wanted;
            default -> actual == wanted;
        };
    }
}
