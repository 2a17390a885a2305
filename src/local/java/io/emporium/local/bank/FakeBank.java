package io.emporium.local.bank;

import io.emporium.local.provider.Calls;
import io.emporium.local.provider.Faults;
import io.emporium.local.provider.Life;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The fake bank as a process of its own: {@code java -cp … io.emporium.local.bank.FakeBank --port 0 --data folder --ready file
 * --iban IBAN --currency USD}. See the package's documentation for what it can do.
 */
public final class FakeBank {
    private FakeBank() {}

    /** As {@link Life#live} has it. */
    public static void main(String[] arguments) throws IOException {
        Life.live("fake bank", arguments, List.of("--iban", "--currency"), List.of(), FakeBank::open);
    }

    private static Life.Open open(Path data, Map<String, String> options) throws IOException {
        Door door = new Door(Integer.parseInt(options.get("--port")));
        Ledger ledger = new Ledger(data);
        Account account = new Account(options.get("--iban"), options.get("--currency"));
        Settings settings = new Settings();
        Faults faults = new Faults();
        Calls calls = new Calls();
        door.open(
                new Api(ledger, account, settings),
                new Switches(ledger, account, settings, faults, calls),
                faults,
                calls);
        return new Life.Open(door.port(), door::close, ledger::close);
    }
}
