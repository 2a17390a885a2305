package io.emporium.local.bank;

import io.emporium.local.provider.Answer;
import io.emporium.local.provider.Calls;
import io.emporium.local.provider.Faults;
import io.emporium.local.provider.Json;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What is under /_fake. See the package's documentation. */
final class Switches {
    private final Ledger ledger;
    private final Account account;
    private final Settings settings;
    private final Faults faults;
    private final Calls calls;

    Switches(Ledger ledger, Account account, Settings settings, Faults faults, Calls calls) {
        this.ledger = ledger;
        this.account = account;
        this.settings = settings;
        this.faults = faults;
        this.calls = calls;
    }

    Answer answer(String method, String path, String body) throws IOException {
        Map<String, Object> given = body.isBlank() ? Map.of() : Json.readObject(body);
        return Answer.ok(
                route(method, List.of(path.substring("/_fake/".length()).split("/")), given));
    }

    private Object route(String method, List<String> parts, Map<String, Object> given) throws IOException {
        String id = parts.size() > 1 ? parts.get(1) : "";
        String pattern = method + " " + parts.getFirst() + (parts.size() == 3 ? "/*/" + parts.get(2) : "");
        return switch (pattern) {
            case "GET health" -> Map.of("status", "UP");
            case "GET ledger" -> ledger.oracle(account);
            case "GET calls" -> Map.of("calls", calls.view());
            case "GET settings" -> settings.now().view();
            case "PUT settings" -> {
                settings.change(given);
                yield settings.now().view();
            }
            case "GET faults" -> Map.of("faults", faults.view());
            case "POST faults" -> faults.arm(given);
            case "DELETE faults" -> {
                faults.clear();
                yield Map.of("faults", List.of());
            }
            case "POST entries/*/book" -> book(id).state();
            case "POST entries/*/reverse" -> reverse(id).state();
            case "POST entries/*/repeat" ->
                ledger.change(() -> ledger.entry(id).seenTwice()).state();
            case "POST reset" -> {
                ledger.reset();
                settings.reset();
                faults.clear();
                calls.clear();
                yield Map.of("reset", true);
            }
            default -> throw BankError.notFound();
        };
    }

    private Entry book(String id) {
        return ledger.change(() -> {
            Entry entry = ledger.entry(id);
            return entry.isBooked() ? entry : entry.bookedOn(Ledger.today());
        });
    }

    private Entry reverse(String id) {
        return ledger.change(() -> {
            Entry entry = ledger.entry(id);
            if (!entry.isBooked()) {
                throw new BankError(422, "it is not booked");
            }
            return entry.reversal(Ledger.newId(), Ledger.today());
        });
    }
}
