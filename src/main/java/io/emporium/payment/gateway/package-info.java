/** What every payment provider is asked and answers, whichever it is. */
@NullMarked
package io.emporium.payment.gateway;

import org.jspecify.annotations.NullMarked;
