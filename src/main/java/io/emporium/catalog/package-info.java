/**
 * What is sold: products, their categories, files of them in and out. A product's life:
 *
 * <pre>
 *   created ── edited* ──► withdrawn ──► put back on sale (PATCH is_active) ──► …
 * </pre>
 *
 * It is never deleted, since orders point to it. An edit counts its version and is told by an event; the stock is
 * {@link io.emporium.inventory}'s and changes without either.
 */
@NullMarked
package io.emporium.catalog;

import org.jspecify.annotations.NullMarked;
