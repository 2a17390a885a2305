package io.emporium.notification.receipt.script;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** One lookup over a row of glyphs: which of them it passes over, and what stands around those that it is for. */
abstract sealed class Lookup permits Substitution, Positioning {
    private static final int IGNORE_MARKS = 8;
    private static final int BY_SET = 16;
    /** Of lookups within lookups. */
    private static final int DEEPEST = 6;

    final FontTable table;
    final Row row;
    private final int lookup;
    private final int flag;
    private final int depth;

    Lookup(FontTable table, int number, Row row, int depth) {
        this.table = table;
        this.row = row;
        this.lookup = table.lookup(number);
        this.flag = table.at(lookup + 2);
        this.depth = depth;
    }

    /** @return from where to go on, or -1 where this subtable says nothing about the glyph that is there */
    abstract int apply(int type, int sub, int at);

    /** Another one of the same table over the same row. */
    abstract Lookup nested(int number, int deeper);

    /** To the whole row. */
    final void apply() {
        for (int at = 0; at < row.size(); ) {
            int next = isIgnored(at) || !row.takesPart(at) ? -1 : apply(at);
            at = next < 0 ? at + 1 : next;
        }
    }

    private int apply(int at) {
        int type = table.at(lookup);
        for (int i = 0; i < table.at(lookup + 4); i++) {
            int next = apply(type, lookup + table.at(lookup + 6 + 2 * i), at);
            if (next >= 0) {
                return next;
            }
        }
        return -1;
    }

    final boolean isIgnored(int at) {
        if (!row.isMark(at)) {
            return false;
        }
        if ((flag & IGNORE_MARKS) != 0) {
            return true;
        }
        if ((flag & BY_SET) != 0) {
            int set = table.at(lookup + 6 + 2 * table.at(lookup + 4));
            return !row.classes().isInMarkSet(set, row.glyph(at));
        }
        int kind = flag >> 8;
        return kind != 0 && row.classes().kindOfMark(row.glyph(at)) != kind;
    }

    /** @return the glyph's number in the subtable's coverage, or -1 */
    final int covered(int sub, int at) {
        return table.covered(sub + table.at(sub + 2), row.glyph(at));
    }

    /** What the glyphs of a row are to be, the n-th one by itself. */
    interface Wanted {
        IntPredicate nth(int n);
    }

    /** Where the glyphs are that follow as wanted, the first one's place included; fewer than asked for where they do not. */
    final int[] input(int at, int count, Wanted wanted) {
        int[] found = new int[count];
        found[0] = at;
        for (int n = 1, next = at + 1; n < count; n++, next++) {
            while (next < row.size() && isIgnored(next)) {
                next++;
            }
            if (next >= row.size() || !row.takesPart(next) || !wanted.nth(n).test(row.glyph(next))) {
                return new int[0];
            }
            found[n] = next;
        }
        return found;
    }

    private boolean surrounds(int from, int step, int count, Wanted wanted) {
        int next = from;
        for (int n = 0; n < count; n++) {
            next += step;
            while (next >= 0 && next < row.size() && isIgnored(next)) {
                next += step;
            }
            if (next < 0 || next >= row.size() || !wanted.nth(n).test(row.glyph(next))) {
                return false;
            }
        }
        return true;
    }

    /**
     * What is said of glyphs by what stands beside them: by the glyphs themselves, by their classes, or by coverage.
     *
     * @param chained whether by what stands before and after those that are meant, too
     */
    final int context(int sub, int at, boolean chained) {
        return switch (table.at(sub)) {
            case 1 -> rules(sub, at, chained, sub + 4, covered(sub, at), 0, 0, 0);
            case 2 -> {
                if (covered(sub, at) < 0) {
                    yield -1;
                }
                int input = sub + table.at(sub + (chained ? 6 : 4));
                int before = chained ? sub + table.at(sub + 4) : 0;
                int after = chained ? sub + table.at(sub + 8) : 0;
                yield rules(
                        sub,
                        at,
                        chained,
                        sub + (chained ? 10 : 6),
                        table.classOf(input, row.glyph(at)),
                        before,
                        input,
                        after);
            }
            case 3 -> byCoverage(sub, at, chained);
            default -> throw new IllegalStateException("context " + table.at(sub));
        };
    }

    /** @param sets how many sets of rules there are, and where */
    private int rules(int sub, int at, boolean chained, int sets, int which, int before, int input, int after) {
        if (which < 0 || which >= table.at(sets) || table.at(sets + 2 + 2 * which) == 0) {
            return -1;
        }
        int set = sub + table.at(sets + 2 + 2 * which);
        for (int i = 0; i < table.at(set); i++) {
            int rule = set + table.at(set + 2 + 2 * i);
            int backCount = chained ? table.at(rule) : 0;
            int back = rule + 2;
            int own = chained ? back + 2 * backCount : rule;
            int count = table.at(own);
            int body = chained ? own + 2 : own + 4;
            int aheadCount = chained ? table.at(body + 2 * (count - 1)) : 0;
            int ahead = body + 2 * (count - 1) + 2;
            int records = chained ? ahead + 2 * aheadCount : body + 2 * (count - 1);
            int recordCount = chained ? table.at(records) : table.at(own + 2);
            int[] where = input(at, count, n -> as(input, table.at(body + 2 * (n - 1))));
            if (where.length == count
                    && surrounds(at, -1, backCount, n -> as(before, table.at(back + 2 * n)))
                    && surrounds(where[count - 1], 1, aheadCount, n -> as(after, table.at(ahead + 2 * n)))) {
                return applyNested(where, chained ? records + 2 : records, recordCount);
            }
        }
        return -1;
    }

    /** @param classes where they are told apart; 0: by the glyphs themselves */
    private IntPredicate as(int classes, int value) {
        return classes == 0 ? glyph -> glyph == value : glyph -> table.classOf(classes, glyph) == value;
    }

    private int byCoverage(int sub, int at, boolean chained) {
        int backCount = chained ? table.at(sub + 2) : 0;
        int own = chained ? sub + 4 + 2 * backCount : sub + 2;
        int count = table.at(own);
        int body = chained ? own + 2 : own + 4;
        int aheads = body + 2 * count;
        int aheadCount = chained ? table.at(aheads) : 0;
        int records = chained ? aheads + 2 + 2 * aheadCount : aheads;
        Wanted wanted = n -> glyph -> table.covered(sub + table.at(body + 2 * n), glyph) >= 0;
        if (!wanted.nth(0).test(row.glyph(at))) {
            return -1;
        }
        int[] where = input(at, count, wanted);
        if (where.length < count
                || !surrounds(
                        at, -1, backCount, n -> glyph -> table.covered(sub + table.at(sub + 4 + 2 * n), glyph) >= 0)
                || !surrounds(
                        where[count - 1],
                        1,
                        aheadCount,
                        n -> glyph -> table.covered(sub + table.at(aheads + 2 + 2 * n), glyph) >= 0)) {
            return -1;
        }
        return applyNested(where, chained ? records + 2 : records, chained ? table.at(records) : table.at(own + 2));
    }

    private int applyNested(int[] where, int records, int count) {
        List<Integer> places = new ArrayList<>();
        for (int place : where) {
            places.add(place);
        }
        int end = where[where.length - 1] + 1;
        for (int i = 0; i < count && depth < DEEPEST; i++) {
            int which = table.at(records + 4 * i);
            if (which >= places.size()) {
                continue;
            }
            Lookup inner = nested(table.at(records + 4 * i + 2), depth + 1);
            int before = row.size();
            int place = places.get(which);
            if (inner.isIgnored(place) || inner.apply(place) < 0) {
                continue;
            }
            int more = row.size() - before;
            end += more;
            // What a ligature has taken in is gone; what follows has moved.
            for (int gone = more; gone < 0 && which + 1 < places.size(); gone++) {
                places.remove(which + 1);
            }
            for (int n = which + 1; n < places.size(); n++) {
                places.set(n, places.get(n) + more);
            }
        }
        return Math.max(end, where[0] + 1);
    }
}
