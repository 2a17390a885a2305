/** Push messages over Firebase Cloud Messaging's HTTP v1 API: the service account, its access token, the sending. */
@NullMarked
package io.emporium.notification.fcm;

import org.jspecify.annotations.NullMarked;
