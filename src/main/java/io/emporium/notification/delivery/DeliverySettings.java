package io.emporium.notification.delivery;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;

/**
 * How much somebody is written, and until when. A number is never verified and an address need not be: both may be a stranger's, whom whoever
 * opened the account has us write to.
 */
@ConfigMapping(prefix = "emporium.deliveries")
interface DeliverySettings {
    /** Mails to a verified address: more than a business has goods sent in an hour. */
    int mailsAnHour();

    /** Mails to one that is not: five orders' or so. */
    int mailsAnHourUnverified();

    /** SMS to a number; each is paid for. */
    int smsAnHour();

    /** How long a mail may wait until it leaves, while the mail server is away or will not have it. */
    Duration mailsWait();

    /** How long SMS and push messages may: on a phone they pass for what has just happened. */
    Duration phonesWait();

    default Duration wait(Channel channel) {
        return channel == Channel.EMAIL ? mailsWait() : phonesWait();
    }
}
