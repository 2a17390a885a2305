package io.emporium.catalog.image;

import io.emporium.catalog.image.Darkroom.Print;
import io.emporium.catalog.image.Darkroom.Undecodable;
import io.emporium.catalog.image.ImageWork.Claim;
import io.emporium.outbox.NotAWorker;
import io.emporium.shared.Batches;
import io.emporium.shared.Refusal;
import io.quarkus.logging.Log;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.eclipse.microprofile.faulttolerance.exceptions.FaultToleranceException;

/**
 * Makes the sizes of pictures and removes what was deleted, one after the other: a process holds one decoded picture at a
 * time. While the store is away nothing is lost and little is asked: the pause between two looks grows to a minute.
 */
@ApplicationScoped
class ImageWorker {
    private static final boolean IS_NATIVE = System.getProperty("org.graalvm.nativeimage.imagecode") != null;

    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    // No call to the store is begun that the lease may not see the end of.
    private static final Duration LAST_CALL = Duration.ofSeconds(30);
    // An upload takes seconds.
    private static final Duration UPLOADS_TAKE = Duration.ofHours(1);
    private static final int BATCH = 100;

    private final ImageWork work;
    private final ProductImages images;
    private final PictureStore store;
    private final ImageSettings settings;
    private final Clock clock;
    private Instant notBefore = Instant.MIN;
    private Duration pause = Duration.ZERO;
    private boolean hasSaidSo;

    ImageWorker(ImageWork work, ProductImages images, PictureStore store, ImageSettings settings, Clock clock) {
        this.work = work;
        this.images = images;
        this.store = store;
        this.settings = settings;
        this.clock = clock;
    }

    @Scheduled(
            every = "${emporium.images.work-every}",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void work() {
        if (settings.bucket().isEmpty() || clock.instant().isBefore(notBefore)) {
            return;
        }
        try {
            // New pictures first: a store that lets nobody delete shall not keep them from being shown.
            while (make() || remove()) {
                pause = Duration.ZERO;
            }
        } catch (StoreAway | FaultToleranceException | Refusal away) {
            if (pause.isZero()) {
                Log.warnf("Images wait for the object store: %s", away.toString());
            }
            pause = pause.isZero() ? SHORTEST_PAUSE : min(pause.multipliedBy(2), LONGEST_PAUSE);
            notBefore = clock.instant().plus(pause);
        }
    }

    /** @return whether there was one */
    private boolean make() {
        // Evaluated when a native image is built, so that none of AWT becomes a part of it.
        if (IS_NATIVE) {
            if (!hasSaidSo) {
                hasSaidSo = true;
                Log.warn("A native image makes no sizes of pictures: run a worker on a JVM (docs/images.md)");
            }
            return false;
        }
        return begun(ImageState.PROCESSING, this::make);
    }

    private boolean remove() {
        return begun(ImageState.DELETED, claim -> {
            store.removeAll("images/" + claim.imageId() + "/");
            store.removeOne("originals/" + claim.imageId());
            work.gone(claim);
        });
    }

    private boolean begun(ImageState state, Consumer<Claim> job) {
        Optional<Claim> claimed = work.claim(state);
        if (claimed.isEmpty()) {
            return false;
        }
        Claim claim = claimed.get();
        try {
            job.accept(claim);
        } catch (StoreAway | FaultToleranceException | Refusal away) {
            work.giveBack(claim);
            throw away;
        } catch (RuntimeException | Error fault) {
            Log.warnf(fault, "Image %d was not %s in try %d", claim.imageId(), state.code(), claim.tries());
            work.failed(claim);
        }
        return true;
    }

    private void make(Claim claim) {
        // Counted when it is begun: a picture that takes its process down with it is not begun for ever.
        if (claim.tries() > ImageWork.MOST_TRIES) {
            images.refuse(claim, "It could not be made in " + ImageWork.MOST_TRIES + " tries; the log says why");
            return;
        }
        long deadline = System.nanoTime() + ImageWork.LEASE.minus(LAST_CALL).toNanos();
        Optional<byte[]> original = store.read("originals/" + claim.imageId());
        if (original.isEmpty()) {
            throw new IllegalStateException("its original is not in the store");
        }
        Map<Variant, Print> prints;
        try {
            prints = Darkroom.develop(original.get(), Picture.of(original.get()));
        } catch (Undecodable | Refusal unfit) {
            Log.infof("Image %d is refused: %s", (Object) claim.imageId(), unfit.toString());
            images.refuse(claim, String.valueOf(unfit.getMessage()));
            return;
        }
        Map<Variant, String> keys = new EnumMap<>(Variant.class);
        for (Map.Entry<Variant, Print> entry : prints.entrySet()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("it took longer than its lease");
            }
            Print print = entry.getValue();
            String key = key(claim, entry.getKey(), print);
            store.publish(key, print.bytes(), print.type().mediaType());
            keys.put(entry.getKey(), key);
        }
        Print large = Objects.requireNonNull(prints.get(Variant.LARGE));
        if (!images.ready(claim, keys, large.width(), large.height())) {
            Log.infof("Image %d was taken over or deleted meanwhile", claim.imageId());
        }
    }

    /** Of these bytes and no others: what is kept for ever under it never changes. */
    private static String key(Claim claim, Variant variant, Print print) {
        return "images/" + claim.imageId() + "/" + variant.code() + "-"
                + ProductImages.sha256(print.bytes()).substring(0, 16)
                + (print.type() == PictureType.PNG ? ".png" : ".jpg");
    }

    /** Deletes what nobody will come for: pictures of products long withdrawn, uploads that broke off, refused ones. */
    @Scheduled(
            every = "1h",
            delayed = "1m",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void tidyUp() {
        Instant before = clock.instant().minus(settings.keptAfterwards());
        Batches.workOff(BATCH, most -> {
            List<Long> withdrawn = work.withdrawn(before, most);
            withdrawn.forEach(product -> images.deleteOfWithdrawn(product, before));
            return withdrawn.size();
        });
        deleteLeftOver(ImageState.UPLOADING, clock.instant().minus(UPLOADS_TAKE));
        deleteLeftOver(ImageState.REFUSED, before);
    }

    private void deleteLeftOver(ImageState state, Instant before) {
        Batches.workOff(BATCH, most -> {
            List<ImageWork.LeftOver> left = work.leftOver(state, before, most);
            left.forEach(image -> images.deleteLeftOver(image.productId(), image.imageId(), before));
            return left.size();
        });
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
