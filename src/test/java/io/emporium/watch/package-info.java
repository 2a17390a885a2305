/** What the shop tells those who watch it: metrics, alerts, dashboards, traces, logs. */
@NullMarked
package io.emporium.watch;

import org.jspecify.annotations.NullMarked;
