package io.emporium.payment.bank;

import org.jspecify.annotations.Nullable;

/** A line of a statement. */
public sealed interface StatementLine permits StatementEntry, StatementLine.Unreadable {
    /** The bank's own name for it. */
    @Nullable
    String bankReference();

    /**
     * A line without which the others can be taken.
     *
     * @param why in a word or two, for people
     */
    record Unreadable(@Nullable String bankReference, String why) implements StatementLine {}
}
