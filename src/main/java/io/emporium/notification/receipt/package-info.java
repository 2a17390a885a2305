/**
 * The PDF receipt of a paid order: read from its rows in one short transaction, laid out and written outside of any.
 *
 * <p>Fonts are read and cut to the letters in use by fontbox; PDF's own syntax is written here, because the libraries that
 * write it load classes of AWT, which a native image does not have. The files are tagged (PDF/UA): a screen reader finds
 * headings, paragraphs, tables with their headers, and the language.
 */
@NullMarked
package io.emporium.notification.receipt;

import org.jspecify.annotations.NullMarked;
