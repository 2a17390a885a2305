package io.emporium.shared;

import java.util.List;
import java.util.function.Function;

/**
 * One page of a list.
 *
 * @param items what is on it, in the list's order
 * @param number of the page, from 1
 * @param limit how many items a page holds at most
 * @param totalItems how many the whole list holds
 */
public record Page<T>(List<T> items, int number, int limit, long totalItems) {

    public Page {
        items = List.copyOf(items);
    }

    /** How many pages the list has; 0 when it is empty. */
    public int totalPages() {
        return (int) Math.ceilDiv(totalItems, limit);
    }

    public <R> Page<R> map(Function<? super T, ? extends R> view) {
        return new Page<>(items.stream().<R>map(view).toList(), number, limit, totalItems);
    }

    /** How many items stand before a page: the offset of its first. */
    public static int offset(int number, int limit) {
        return Math.multiplyExact(number - 1, limit);
    }
}
