package io.emporium.local.stripe;

import java.util.List;
import java.util.Map;

/** {@code expand[]=latest_charge}: an id in an answer is replaced by the object, along a dotted path, through lists too. */
final class Expand {
    private Expand() {}

    static Map<String, Object> in(Map<String, Object> view, List<String> paths, Ledger ledger, PaymentIntents intents) {
        for (String path : paths) {
            step(view, path.split("\\.", 5), 0, ledger, intents);
        }
        return view;
    }

    @SuppressWarnings("unchecked")
    private static void step(Object at, String[] path, int depth, Ledger ledger, PaymentIntents intents) {
        if (depth == path.length) {
            return;
        }
        if (at instanceof List<?> list) {
            list.forEach(element -> step(element, path, depth, ledger, intents));
        } else if (at instanceof Map<?, ?> map && map.containsKey(path[depth])) {
            Map<String, Object> object = (Map<String, Object>) map;
            if (object.get(path[depth]) instanceof String id) {
                Map<String, Object> named = find(id, ledger, intents);
                if (named != null) {
                    object.put(path[depth], named);
                }
            }
            step(object.get(path[depth]), path, depth + 1, ledger, intents);
        }
    }

    private static Map<String, Object> find(String id, Ledger ledger, PaymentIntents intents) {
        if (id.startsWith("pi_") && ledger.intent(id) != null) {
            return intents.view(ledger.intent(id));
        }
        if (id.startsWith("ch_") && ledger.charge(id) != null) {
            return ledger.charge(id).view();
        }
        if (id.startsWith("re_") && ledger.refund(id) != null) {
            return ledger.refund(id).view();
        }
        return id.startsWith("pm_") ? TestCards.named(id).view() : null;
    }
}
