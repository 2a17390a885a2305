package io.emporium.local.stripe;

import io.emporium.local.provider.Json;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Form-encoded parameters with Stripe's brackets: {@code metadata[k]=v}, {@code expand[]=x}, {@code expand[0]=x}. Getters throw
 * {@link StripeError} (400) where a value is not of the wanted form; an empty value counts as absent.
 */
record Form(Map<String, Object> values) {
    private static final int MOST_PARAMETERS = 500;

    static Form parse(String encoded) {
        Map<String, Object> root = new LinkedHashMap<>();
        int count = 0;
        for (String pair : encoded.split("&")) {
            if (pair.isEmpty()) {
                continue;
            }
            if (++count > MOST_PARAMETERS) {
                throw StripeError.parameter(null, null, "More than " + MOST_PARAMETERS + " parameters.");
            }
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            put(root, name, equals < 0 ? "" : decode(pair.substring(equals + 1)));
        }
        return new Form(root);
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw StripeError.parameter(null, null, "Invalid percent-encoding in the request.");
        }
    }

    private static void put(Map<String, Object> root, String name, String value) {
        int bracket = name.indexOf('[');
        if (bracket <= 0) {
            root.put(name, value);
            return;
        }
        List<String> path = new ArrayList<>();
        path.add(name.substring(0, bracket));
        String rest = name.substring(bracket);
        while (!rest.isEmpty()) {
            int close = rest.indexOf(']');
            if (rest.charAt(0) != '[' || close < 0 || path.size() > 5) {
                throw StripeError.parameter("parameter_invalid", name, "Invalid parameter name.");
            }
            path.add(rest.substring(1, close));
            rest = rest.substring(close + 1);
        }
        Map<String, Object> at = root;
        for (int i = 0; i < path.size() - 1; i++) {
            at = child(at, path.get(i), name);
        }
        String last = path.getLast();
        at.put(last.isEmpty() ? Integer.toString(at.size()) : last, value);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> child(Map<String, Object> parent, String key, String name) {
        Object child = parent.computeIfAbsent(
                key.isEmpty() ? Integer.toString(parent.size()) : key, k -> new LinkedHashMap<String, Object>());
        if (child instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw StripeError.parameter("parameter_invalid", name, "Invalid parameter: both a value and a hash.");
    }

    /** The same parameters in any order give the same text: what a repeated request is compared by. */
    String canonical() {
        return Json.write(sorted(values));
    }

    private static Object sorted(Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return value;
        }
        Map<String, Object> sorted = new TreeMap<>();
        map.forEach((k, v) -> sorted.put((String) k, sorted(v)));
        return sorted;
    }

    void allowOnly(Set<String> known) {
        for (String name : values.keySet()) {
            if (!known.contains(name)) {
                throw StripeError.parameter("parameter_unknown", name, "Received unknown parameter: " + name);
            }
        }
    }

    /** The text of a parameter, null where absent or empty, at most 5,000 characters. */
    String text(String name) {
        return switch (values.get(name)) {
            case null -> null;
            case String text when text.isEmpty() -> null;
            case String text when text.length() <= 5000 -> text;
            case String _ -> throw StripeError.parameter("parameter_invalid", name, "Invalid " + name + ": too long.");
            case Object _ -> throw StripeError.parameter("parameter_invalid", name, "Invalid string: " + name + ".");
        };
    }

    /** A whole number ≥ 1, null where absent. */
    Long positive(String name) {
        Long number = whole(name);
        if (number != null && number < 1) {
            throw StripeError.parameter("parameter_invalid_integer", name, "Invalid positive integer");
        }
        return number;
    }

    Long whole(String name) {
        String text = text(name);
        if (text == null) {
            return null;
        }
        if (!text.matches("-?\\d{1,15}")) {
            String shown = text.length() > 40 ? text.substring(0, 40) : text;
            throw StripeError.parameter("parameter_invalid_integer", name, "Invalid integer: " + shown);
        }
        return Long.valueOf(text);
    }

    boolean flag(String name) {
        return switch (text(name)) {
            case null -> false;
            case "true" -> true;
            case "false" -> false;
            case String _ -> throw StripeError.parameter("parameter_invalid", name, "Invalid boolean: " + name + ".");
        };
    }

    /** The members of a hash, empty where absent. */
    @SuppressWarnings("unchecked")
    Form hash(String name) {
        return switch (values.get(name)) {
            case null -> new Form(Map.of());
            case Map<?, ?> map -> new Form((Map<String, Object>) map);
            case Object empty when empty.equals("") -> new Form(Map.of());
            case Object _ -> throw StripeError.parameter("parameter_invalid", name, "Invalid object: " + name + ".");
        };
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    List<String> list(String name) {
        Form elements = hash(name);
        return elements.values.keySet().stream().map(elements::text).toList();
    }

    /** Metadata within Stripe's bounds: 50 keys of 40 characters, values of 500. */
    Map<String, String> metadata() {
        Form given = hash("metadata");
        Map<String, String> metadata = new LinkedHashMap<>();
        for (String key : given.values.keySet()) {
            String value = given.text(key);
            if (key.length() > 40 || metadata.size() >= 50 || (value != null && value.length() > 500)) {
                throw StripeError.parameter(
                        "parameter_invalid",
                        "metadata",
                        "Metadata holds at most 50 keys of 40 and values of 500 characters.");
            }
            if (value != null) {
                metadata.put(key, value);
            }
        }
        return metadata;
    }

    /** An http or https URL, null where absent: the 3-D Secure page sends the customer there. */
    String url(String name) {
        String text = text(name);
        if (text == null) {
            return null;
        }
        try {
            URI uri = URI.create(text);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return text;
            }
        } catch (IllegalArgumentException _) {
            // Answered below, as every other thing that is no URL.
        }
        throw StripeError.parameter("url_invalid", name, "Not a valid URL");
    }
}
