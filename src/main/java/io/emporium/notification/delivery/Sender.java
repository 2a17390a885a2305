package io.emporium.notification.delivery;

/** The last hands a message goes through on its channel. */
public interface Sender {
    Channel channel();

    /** Whether there is somebody to send through: without credentials a channel is off, and messages for it are not made. */
    boolean isOn();

    /** What to set to turn it on, for the log. */
    String howToTurnOn();

    /**
     * Sends it now, outside any transaction; is called by several threads at once. Comes back within half a minute, for after a
     * minute another takes it in hand; longer only where of two the second takes the first one's place.
     *
     * @throws RuntimeException for a fault of ours: it is one of the message's tries, and nobody knows whether it was sent
     */
    Sending send(Delivery delivery);
}
