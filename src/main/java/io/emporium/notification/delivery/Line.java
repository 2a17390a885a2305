package io.emporium.notification.delivery;

import io.quarkus.logging.Log;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages of one channel that are due, outside any transaction, five at once (bulkhead). A message is marked when
 * the provider has taken it.
 *
 * <p>A message that the provider refuses, or does not take in time though it takes others, uses up its five tries. A provider
 * that is away, by its own word, three failures in a row or five messages that it refused alike, uses up none (circuit
 * breaker): everything waits, and one message at a time asks whether it is back, after pauses that grow to 30 s, or as long as
 * it wishes, ten minutes at most. The one that asks has failed least, and uses up a try where the provider answered, so that
 * none that can never be sent asks for ever.
 */
final class Line {
    private static final int AT_ONCE = 5;
    private static final int BATCH = 20;
    private static final int FAILURES_THAT_SHUT = 3;
    private static final int REFUSED_ALIKE_THAT_SHUT = 5;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /** Of what has left. While the database is away nobody else can claim it; when it is back, we are the first to know. */
    private static final Duration NOTED_WITHIN = InHand.CLAIM;
    /** As {@link #NOTED_WITHIN}; a process that closes waits for longer than this. */
    private static final Duration NOTED_AT_THE_END_WITHIN = Duration.ofSeconds(5);

    private static final Duration NOTED_AGAIN_AFTER = Duration.ofMillis(250);
    private static final Duration LONGEST_WISH = Duration.ofMinutes(10);
    /** Who begins one then is done with it before the claim ends. */
    private static final Duration BEGUN_WITHIN = InHand.CLAIM.minusSeconds(30);

    private final Sender sender;
    private final InHand inHand;
    private final Permission permission;
    private final Claim claim;
    private final BooleanSupplier isClosing;
    private final AtomicInteger failuresInARow = new AtomicInteger();
    private final Refusals refusals = new Refusals();

    // Only send() sets these, and it runs once at a time.
    private volatile Duration pause = Duration.ZERO;
    private long pausedUntil = System.nanoTime();

    /** Takes messages in hand. */
    @FunctionalInterface
    interface Claim {
        /** @param isAsking whether those who have failed least go first */
        List<Delivery> take(int most, boolean isAsking);
    }

    /** @param isClosing whether the process is: then nothing more is begun */
    Line(Sender sender, InHand inHand, Permission permission, Claim claim, BooleanSupplier isClosing) {
        this.isClosing = isClosing;
        this.sender = sender;
        this.inHand = inHand;
        this.permission = permission;
        this.claim = claim;
    }

    Channel channel() {
        return sender.channel();
    }

    /** Whether the provider is taken to be away, so that everything waits. */
    boolean isShut() {
        return !pause.isZero();
    }

    /** What a batch has found out about the provider. */
    private static final class Batch {
        final boolean isAsking;
        final long begun = System.nanoTime();
        final AtomicReference<Sending.@Nullable Away> away = new AtomicReference<>();
        final AtomicInteger answers = new AtomicInteger();

        Batch(boolean isAsking) {
            this.isAsking = isAsking;
        }

        boolean isLate() {
            return System.nanoTime() - begun > BEGUN_WITHIN.toNanos();
        }
    }

    /** Messages that were refused alike, with none in between that was taken. */
    private static final class Refusals {
        private final Set<Long> refused = new HashSet<>();
        private String kind = "";

        /** @return whether there are so many that it is not they */
        synchronized boolean add(String how, long delivery) {
            if (!how.equals(kind)) {
                refused.clear();
                kind = how;
            }
            if (refused.size() < REFUSED_ALIKE_THAT_SHUT) {
                refused.add(delivery);
            }
            return refused.size() >= REFUSED_ALIKE_THAT_SHUT;
        }

        synchronized void end() {
            refused.clear();
        }
    }

    synchronized void send() {
        if (!sender.isOn()) {
            return;
        }
        boolean isAsking = !pause.isZero();
        if (isAsking && System.nanoTime() < pausedUntil) {
            return;
        }
        while (!isClosing.getAsBoolean()) {
            List<Delivery> due = claim.take(isAsking ? 1 : BATCH, isAsking);
            if (due.isEmpty()) {
                return;
            }
            Batch batch = new Batch(isAsking);
            sendAll(due, batch);
            Sending.Away away = batch.away.get();
            if (away != null) {
                wait(away, isAsking);
                return;
            }
            // One that was skipped, or was not ready, has asked nobody.
            if (isAsking && batch.answers.get() > 0) {
                Log.infof("%s is back", channel().provider());
                isAsking = false;
                pause = Duration.ZERO;
            }
        }
    }

    private void wait(Sending.Away away, boolean wasAsking) {
        Duration wish = Optional.ofNullable(away.retryAfter()).orElse(Duration.ZERO);
        Duration next = wasAsking ? shorter(pause.multipliedBy(2), LONGEST_PAUSE) : FIRST_PAUSE;
        pause = next;
        pausedUntil =
                System.nanoTime() + longer(next, shorter(wish, LONGEST_WISH)).toNanos();
        if (!wasAsking) {
            Log.warnf("%s is away, %s wait: %s", channel().provider(), channel().messages(), away.reason());
        }
    }

    private void sendAll(List<Delivery> due, Batch batch) {
        try (ExecutorService hands =
                Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
            List<Future<?>> running = due.stream()
                    .<Future<?>>map(delivery -> hands.submit(() -> send(delivery, batch)))
                    .toList();
            for (Future<?> one : running) {
                one.get();
            }
        } catch (ExecutionException fault) {
            // Its claim ends by itself, and then it is tried again.
            Log.warnf(fault.getCause(), "A delivery could not be marked");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(Delivery delivery, Batch batch) {
        boolean wasUnsure = delivery.unsureSince() != null;
        Sending.Away away = batch.away.get();
        if (away != null || batch.isLate() || isClosing.getAsBoolean()) {
            String why = away == null ? "those before it took long" : away.reason();
            inHand.postponed(delivery, away == null ? Duration.ZERO : FIRST_PAUSE, why, wasUnsure);
            return;
        }
        boolean isBegun = false;
        Sending outcome;
        try {
            Optional<String> objection = permission.against(delivery);
            if (objection.isPresent()) {
                inHand.skipped(delivery, objection.get());
                return;
            }
            isBegun = true;
            outcome = sender.send(delivery);
        } catch (RuntimeException | StackOverflowError | LinkageError fault) {
            // Ours, so it says nothing of the provider; and it must not have its turn for ever.
            Log.warnf(fault, "Delivery %d could not be sent", delivery.id());
            inHand.failed(delivery, fault.getClass().getSimpleName(), isBegun || wasUnsure);
            return;
        }
        // Whatever this try came to: of an earlier one that was unsure nobody knows more than before.
        switch (outcome) {
            case Sending.Sent sent -> {
                taken(batch);
                sent(delivery, sent.providerId());
            }
            case Sending.Refused refused -> {
                Log.warnf("Delivery %d was refused: %s", delivery.id(), refused.reason());
                if (noteRefusal(delivery, refused.kind(), refused.reason(), batch) && !batch.isAsking) {
                    inHand.postponed(delivery, FIRST_PAUSE, refused.reason(), wasUnsure);
                } else {
                    inHand.failed(delivery, refused.reason(), wasUnsure);
                }
            }
            case Sending.Barred barred -> {
                Log.warnf("Delivery %d was barred: %s", delivery.id(), barred.reason());
                answered(batch);
                inHand.failed(delivery, barred.reason(), wasUnsure);
            }
            case Sending.Deferred deferred -> {
                noteRefusal(delivery, deferred.kind(), deferred.reason(), batch);
                inHand.deferred(delivery, deferred.reason(), wasUnsure);
            }
            case Sending.Undeliverable never -> {
                taken(batch);
                inHand.undeliverable(delivery, never.reason());
            }
            case Sending.Bounced bounced -> {
                taken(batch);
                inHand.bounced(delivery, bounced.reason());
            }
            case Sending.Unready unready -> {
                Log.warnf("Delivery %d could not be made ready: %s", delivery.id(), unready.reason());
                inHand.failed(delivery, unready.reason(), wasUnsure);
            }
            case Sending.Busy busy -> inHand.postponed(delivery, FIRST_PAUSE, busy.reason(), wasUnsure);
            case Sending.Unwanted _ -> inHand.dropped(delivery);
            case Sending.Failed failed -> failed(delivery, failed, batch, wasUnsure);
            case Sending.Away gone -> {
                batch.away.compareAndSet(null, gone);
                inHand.postponed(delivery, FIRST_PAUSE, gone.reason(), wasUnsure);
            }
        }
    }

    /** It has left: if that is not noted, it leaves once more. So a database that is away for a moment is waited for. */
    private void sent(Delivery delivery, @Nullable String providerId) {
        long begun = System.nanoTime();
        while (true) {
            try {
                inHand.sent(delivery, providerId);
                return;
            } catch (RuntimeException away) {
                Duration longest = isClosing.getAsBoolean() ? NOTED_AT_THE_END_WITHIN : NOTED_WITHIN;
                if (System.nanoTime() - begun > longest.toNanos()) {
                    throw away;
                }
                try {
                    Thread.sleep(NOTED_AGAIN_AFTER);
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                    throw away;
                }
            }
        }
    }

    private void taken(Batch batch) {
        refusals.end();
        answered(batch);
    }

    private void answered(Batch batch) {
        failuresInARow.set(0);
        batch.answers.incrementAndGet();
    }

    /** @return whether so many were refused like it that it is the provider, which is then away */
    private boolean noteRefusal(Delivery delivery, String kind, String reason, Batch batch) {
        if (refusals.add(kind, delivery.id())) {
            failuresInARow.set(0);
            batch.away.compareAndSet(null, new Sending.Away(reason, null));
            return true;
        }
        answered(batch);
        return false;
    }

    private void failed(Delivery delivery, Sending.Failed failed, Batch batch, boolean wasUnsure) {
        boolean isUnsure = failed.isUnsure() || wasUnsure;
        Log.warnf("Delivery %d did not get through: %s", delivery.id(), failed.reason());
        boolean isAway = failuresInARow.incrementAndGet() >= FAILURES_THAT_SHUT || batch.isAsking;
        if (isAway) {
            batch.away.compareAndSet(null, new Sending.Away(failed.reason(), null));
        }
        // Who asks and hears something has met nobody who is away, and may be what the provider fails over.
        if (isAway && !(batch.isAsking && failed.hasAnswered())) {
            inHand.postponed(delivery, FIRST_PAUSE, failed.reason(), isUnsure);
        } else {
            inHand.failed(delivery, failed.reason(), isUnsure);
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
