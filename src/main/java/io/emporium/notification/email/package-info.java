/** Mails: how they read, the sending over SMTP, and what mail servers report of them. */
@NullMarked
package io.emporium.notification.email;

import org.jspecify.annotations.NullMarked;
