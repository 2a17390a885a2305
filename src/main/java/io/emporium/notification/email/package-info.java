/** Mails: how they read, the rows that wait to be sent, and the sending over SMTP. */
@NullMarked
package io.emporium.notification.email;

import org.jspecify.annotations.NullMarked;
