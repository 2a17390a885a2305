package io.emporium.notification.delivery;

/** The last hands a message goes through on its channel. */
public interface Sender {
    Channel channel();

    /** Whether there is somebody to send through: without credentials a channel is off, and messages for it are not made. */
    boolean isOn();

    /** What to set to turn it on, for the log. */
    String howToTurnOn();

    /**
     * Sends it now, outside any transaction; is called by several threads at once, and comes back within half a minute
     * (FCM, which has called its access token back, within 44 s: sent twice, the second takes the first one's place).
     */
    Sending send(Delivery delivery);
}
