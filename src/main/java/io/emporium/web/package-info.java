/**
 * The shop's door: the envelope of every answer, the error mappers, who is calling, idempotency keys, rate limits,
 * headers. It knows nothing of what is sold.
 */
@NullMarked
package io.emporium.web;

import org.jspecify.annotations.NullMarked;
