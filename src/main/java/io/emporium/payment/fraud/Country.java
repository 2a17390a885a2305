package io.emporium.payment.fraud;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Which country a customer means: an address has it as they wrote it, a card as ISO 3166 does. */
final class Country {
    private static final Map<String, String> NAMES = new HashMap<>();

    static {
        for (String code : Locale.getISOCountries()) {
            Locale country = Locale.of("", code);
            NAMES.put(code, code);
            NAMES.put(country.getISO3Country(), code);
            NAMES.put(letters(country.getDisplayCountry(Locale.ENGLISH)), code);
        }
        NAMES.put("UK", "GB");
        NAMES.put("GREATBRITAIN", "GB");
        NAMES.put("ENGLAND", "GB");
        NAMES.put("SCOTLAND", "GB");
        NAMES.put("WALES", "GB");
        NAMES.put("NORTHERNIRELAND", "GB");
        NAMES.put("UNITEDSTATESOFAMERICA", "US");
        NAMES.put("AMERICA", "US");
        NAMES.put("DEUTSCHLAND", "DE");
        NAMES.put("HOLLAND", "NL");
        NAMES.put("CZECHREPUBLIC", "CZ");
        NAMES.put("TURKEY", "TR");
    }

    private Country() {}

    /** @return its two letters; empty for a word that is no country's we know: of that nothing is concluded */
    static Optional<String> of(String written) {
        return Optional.ofNullable(NAMES.get(letters(written)));
    }

    private static String letters(String written) {
        return written.replaceAll("\\P{L}", "").toUpperCase(Locale.ROOT);
    }
}
