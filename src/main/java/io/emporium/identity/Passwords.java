package io.emporium.identity;

import io.emporium.shared.Refusal;
import io.quarkus.elytron.security.common.BcryptUtil;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Which passwords are good enough, and whether one is right. Hashing is slow on purpose, so it runs on as many threads as
 * there are cores, with a bounded queue before them: a flood of sign-ins is refused instead of starving the shop.
 */
@ApplicationScoped
class Passwords {
    static final int SHORTEST = 12;
    /** Bcrypt reads no further; two passwords that differ only behind it would be the same. */
    static final int LONGEST_BYTES = 72;

    private static final int LEAST_COST = 10;
    private static final int FEWEST_CHARACTERS = 5;
    private static final int WAITING_A_CORE = 32;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);
    /** What the library reads without a fault: version, cost, salt and hash. */
    private static final Pattern BCRYPT = Pattern.compile("\\$2[axy]?\\$(0[4-9]|[12][0-9]|3[01])\\$[./A-Za-z0-9]{53}");

    private final int cost;
    private final Set<String> common;
    /** How much is hashed for whom is asked by the test that nobody learns from it who has an account. */
    final ThreadPoolExecutor hashing;
    // Nobody's: verified where there is no account, so that the answer takes as long as where there is one.
    private final String nobodys;

    Passwords(@ConfigProperty(name = "emporium.passwords.bcrypt-cost") int cost) {
        if (cost < LEAST_COST) {
            throw new IllegalArgumentException("emporium.passwords.bcrypt-cost must be " + LEAST_COST + " or more");
        }
        this.cost = cost;
        this.common = commonPasswords();
        int cores = Runtime.getRuntime().availableProcessors();
        this.hashing = new ThreadPoolExecutor(
                cores, cores, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(cores * WAITING_A_CORE), work -> {
                    Thread thread = new Thread(work, "password-hashing");
                    thread.setDaemon(true);
                    return thread;
                });
        hashing.allowCoreThreadTimeOut(true);
        this.nobodys = BcryptUtil.bcryptHash(UUID.randomUUID().toString(), cost);
    }

    @PreDestroy
    void stop() {
        hashing.shutdownNow();
    }

    /**
     * Refuses what is too short, too long for bcrypt, widely used, or the account's own e-mail address.
     *
     * @param field as which field of the request the refusal names it
     * @throws Refusal VALIDATION_ERROR
     */
    void check(String field, String password, String email) {
        String fault = fault(password, email);
        if (fault != null) {
            throw IdentityError.invalid(field, fault);
        }
    }

    /** What is wrong with a password, for a person; null if nothing is. */
    @Nullable
    String fault(String password, String email) {
        if (password.codePointCount(0, password.length()) < SHORTEST) {
            return "must have at least " + SHORTEST + " characters";
        }
        if (tooLong(password)) {
            return "must have at most " + LONGEST_BYTES + " bytes in UTF-8";
        }
        if (password.equalsIgnoreCase(email)) {
            return "must not be the e-mail address";
        }
        if (isCommon(password)) {
            return "is too easy to guess: it is on the lists that attackers try first";
        }
        return null;
    }

    /**
     * @return the hash, bcrypt in its modular crypt form
     * @throws Refusal SERVICE_UNAVAILABLE if too many wait for theirs already
     */
    String hash(String password) {
        return run(() -> BcryptUtil.bcryptHash(password, cost));
    }

    /** As {@link #hash}, for the accounts that a start makes: nobody waits before them, and a slow machine starts too. */
    String hashAtStart(String password) {
        return BcryptUtil.bcryptHash(password, cost);
    }

    /**
     * Whether it is the password that was hashed. Takes the same time whatever the answer is.
     *
     * @param hash null where there is no account; one that is not of bcrypt, as another shop may have left it, is no password's
     * @throws Refusal SERVICE_UNAVAILABLE if too many wait already
     */
    boolean matches(String password, @Nullable String hash) {
        boolean isReadable = hash != null && BCRYPT.matcher(hash).matches();
        boolean matches = run(() -> BcryptUtil.matches(password, isReadable ? hash : nobodys));
        // None that long was ever accepted, but bcrypt would overlook what is behind its first 72 bytes.
        return matches && isReadable && !tooLong(password);
    }

    /** Whether it was hashed before the cost was changed: then it takes another time to look at than nobody's does. */
    boolean isOfAnotherCost(String hash) {
        String[] parts = hash.split("\\$", -1);
        return parts.length == 4 && !parts[2].equals("%02d".formatted(cost));
    }

    private <T> T run(Callable<T> work) {
        Future<T> result;
        try {
            result = hashing.submit(work);
        } catch (RejectedExecutionException full) {
            throw IdentityError.tooManySignIns();
        }
        try {
            return result.get(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            result.cancel(false);
            throw IdentityError.tooManySignIns();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw IdentityError.tooManySignIns();
        } catch (ExecutionException fault) {
            throw new IllegalStateException(fault);
        }
    }

    private boolean isCommon(String password) {
        String lower = password.toLowerCase(Locale.ROOT);
        return lower.codePoints().distinct().count() < FEWEST_CHARACTERS
                || common.contains(lower)
                || common.contains(plainLetters(lower));
    }

    /** {@code p@ssw0rd2024!} to {@code password2024!}: the list need not hold every spelling. The tail keeps its digits. */
    private static String plainLetters(String lower) {
        int tail = lower.length();
        while (tail > 0 && !Character.isLetter(lower.charAt(tail - 1))) {
            tail--;
        }
        StringBuilder plain = new StringBuilder(lower);
        for (int i = 0; i < tail; i++) {
            plain.setCharAt(
                    i,
                    switch (lower.charAt(i)) {
                        case '0' -> 'o';
                        case '1', '!' -> 'i';
                        case '3' -> 'e';
                        case '4', '@' -> 'a';
                        case '5', '$' -> 's';
                        case '7' -> 't';
                        default -> lower.charAt(i);
                    });
        }
        return plain.toString();
    }

    private static boolean tooLong(String password) {
        return password.getBytes(StandardCharsets.UTF_8).length > LONGEST_BYTES;
    }

    private static Set<String> commonPasswords() {
        try (var in = Objects.requireNonNull(Passwords.class.getResourceAsStream("/common-passwords.txt"));
                var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return lines.lines().collect(Collectors.toUnmodifiableSet());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
