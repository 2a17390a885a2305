package io.emporium.outbox;

import io.smallrye.mutiny.operators.multi.processors.UnicastProcessor;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.eclipse.microprofile.reactive.messaging.Message;

/**
 * What is sent on an outgoing channel, handed to the channel's present client. It takes whatever comes: the relay bounds
 * what is under way, and takes no confirm within its time as a no.
 */
final class OutgoingLine implements Flow.Subscriber<Message<?>> {
    private final Supplier<Flow.Subscriber<? extends Message<?>>> client;
    private UnicastProcessor<Message<?>> toClient;

    /** @param client makes a new client and ends the one before it; it connects with the first message */
    OutgoingLine(Supplier<Flow.Subscriber<? extends Message<?>>> client) {
        this.client = client;
        this.toClient = connected();
    }

    @SuppressWarnings("unchecked")
    private UnicastProcessor<Message<?>> connected() {
        UnicastProcessor<Message<?>> fresh = UnicastProcessor.create();
        fresh.subscribe((Flow.Subscriber<Message<?>>) client.get());
        return fresh;
    }

    synchronized void renew() {
        UnicastProcessor<Message<?>> old = toClient;
        toClient = connected();
        old.onComplete();
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public synchronized void onNext(Message<?> message) {
        toClient.onNext(message);
    }

    @Override
    public synchronized void onError(Throwable fault) {
        toClient.onError(fault);
    }

    @Override
    public synchronized void onComplete() {
        toClient.onComplete();
    }
}
