/**
 * Scripts whose letters are not drawn one beside the other: Arabic letters are joined, Devanagari's and Thai's are drawn together
 * and upon each other. What becomes of a text's letters is said by the script, and by its font in the tables of OpenType:
 *
 * <pre>
 *   letters ──Script.shape──► ordered by Devanagari or Thai ──Substitution──► other glyphs ──Positioning──► placed Pieces
 *                                                             (GSUB)                          (GPOS)
 * </pre>
 *
 * Whoever draws them knows where a glyph goes from its Piece, and what it stands for from the Piece's place in the text.
 */
@NullMarked
package io.emporium.notification.receipt.script;

import org.jspecify.annotations.NullMarked;
