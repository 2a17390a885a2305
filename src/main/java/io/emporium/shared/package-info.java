/** What every module speaks: money, pages, refusals, batches and time. No framework in it. */
@NullMarked
package io.emporium.shared;

import org.jspecify.annotations.NullMarked;
