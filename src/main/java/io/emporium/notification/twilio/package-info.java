/** SMS over Twilio's REST API: how long they are, the sending, and what Twilio calls back to say. */
@NullMarked
package io.emporium.notification.twilio;

import org.jspecify.annotations.NullMarked;
