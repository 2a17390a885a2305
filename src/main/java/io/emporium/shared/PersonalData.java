package io.emporium.shared;

import java.util.List;

/**
 * What a module keeps about people: told to them, and erased when they leave (docs/accounts.md). Each module that has
 * a table with somebody's rows has one bean of this; the identity module asks all of them.
 */
public interface PersonalData {
    /** What there is, in the order in which it is told. */
    List<Section> sections();

    /**
     * Keeps whatever begins a matter that {@link #open} would name from beginning it until the transaction ends. Called before
     * anything is looked at, and before the user's own row is locked.
     */
    default void hold(long userId) {}

    /**
     * Why somebody cannot leave yet, for them to read; empty if nothing is in their way. In the caller's transaction.
     */
    default List<String> open(long userId) {
        return List.of();
    }

    /**
     * Erases what says who somebody is, in the caller's transaction; rows that must stay stay without it. Called once more
     * some minutes later, for what was being written meanwhile: again does no harm.
     */
    void erase(long userId);

    /**
     * Rows of one kind.
     *
     * @param name of the list they are told in, in snake_case
     * @param query has one {@code ?}, the user's id; its columns are told under their names
     */
    record Section(String name, String query) {}
}
