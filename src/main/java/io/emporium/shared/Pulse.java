package io.emporium.shared;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Whether something we depend on answers. It is asked when somebody wants to know, by one thread at a time, and the answer
 * holds for two seconds; whoever wants to know waits at most 200 ms and is told the last answer if the next is not there
 * yet, so that a probe is quick however slow the dependency. No answer within a second, or what else is given, is a no.
 */
public final class Pulse {
    private static final Duration HOLDS = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofMillis(200);
    private static final Duration TOO_LONG = Duration.ofSeconds(1);

    /** Asks the dependency something cheap. It should give up by itself when it has taken too long. */
    @FunctionalInterface
    public interface Question {
        /** @throws Exception if it does not answer, or not as it should */
        void ask() throws Exception;
    }

    private final String name;
    private final Question question;
    private final Duration tooLong;
    private @Nullable CompletableFuture<Boolean> asking;
    private long askedAt;
    private @Nullable Boolean last;
    private long answeredAt;

    /** @param name of the dependency, for people: {@code Redis} */
    public Pulse(String name, Question question) {
        this(name, question, TOO_LONG);
    }

    /** @param tooLong after so long no answer is a no; until then the last one holds */
    public Pulse(String name, Question question, Duration tooLong) {
        this.name = name;
        this.question = question;
        this.tooLong = tooLong;
    }

    public String name() {
        return name;
    }

    /** Waits at most 200 ms. */
    public boolean isAlive() {
        CompletableFuture<Boolean> answer = ask();
        if (answer == null) {
            return Boolean.TRUE.equals(last());
        }
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            return !isTakingTooLong() && Boolean.TRUE.equals(last());
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The running question, a new one, or null while the last answer holds. */
    private synchronized @Nullable CompletableFuture<Boolean> ask() {
        long now = System.nanoTime();
        if (asking != null) {
            return asking;
        }
        if (last != null && now - answeredAt < HOLDS.toNanos()) {
            return null;
        }
        var answer = new CompletableFuture<Boolean>();
        asking = answer;
        askedAt = now;
        Thread.ofVirtual().name("pulse of " + name).start(() -> answer.complete(answered(isAnswering())));
        return answer;
    }

    private boolean isAnswering() {
        try {
            question.ask();
            return true;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        } catch (Exception | LinkageError noAnswer) {
            return false;
        }
    }

    private synchronized boolean answered(boolean alive) {
        long now = System.nanoTime();
        boolean inTime = now - askedAt <= tooLong.toNanos();
        last = alive && inTime;
        answeredAt = now;
        asking = null;
        return alive && inTime;
    }

    private synchronized @Nullable Boolean last() {
        return last;
    }

    private synchronized boolean isTakingTooLong() {
        return asking != null && System.nanoTime() - askedAt > tooLong.toNanos();
    }
}
