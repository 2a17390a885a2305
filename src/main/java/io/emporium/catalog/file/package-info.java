/**
 * Merchants' files: records out of bytes, whatever is wrong with some of them. Knows CSV and NDJSON, not products.
 */
@NullMarked
package io.emporium.catalog.file;

import org.jspecify.annotations.NullMarked;
