/**
 * Pictures of products, in S3 (docs/images.md). A row says what is to be done before anything is done, so that every object in
 * the store has one; whoever dies leaves a row that the next worker goes on with:
 *
 * <pre>
 *   uploading ──► processing ──► ready ───┐
 *     ▲   │           │                   ├──► deleted ──► (objects gone, row gone)
 *     │   │           ▼                   │
 *     └───┼──────  refused ───────────────┤
 *         └───────────────────────────────┘
 * </pre>
 *
 * An upload is a row, then the original in the store, then {@code processing}. A worker makes the sizes, puts them under
 * keys that never change, and has the product show them with the same commit that makes it {@code ready}. What cannot be
 * decoded is {@code refused} with a reason; the same bytes sent again are tried again. This package does not know what a
 * product is: it tells {@link ImagesChanged} in its transaction, and the catalogue follows.
 */
@NullMarked
package io.emporium.catalog.image;

import org.jspecify.annotations.NullMarked;
