package io.emporium.notification.receipt;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.apache.fontbox.ttf.TTFTable;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.jspecify.annotations.Nullable;

/**
 * What a font says of how its glyphs become others beside each other (GSUB) and where they go (GPOS), as the OpenType
 * specification has it: all that the fonts beside this class use, and no more. Fontbox reads a part of GSUB and none of GPOS.
 */
final class OpenType {
    private static final int IGNORE_MARKS = 8;
    private static final int BY_SET = 16;
    private static final int MARK = 3;
    /** Of lookups within lookups. */
    private static final int DEEPEST = 6;

    private final Table substitutions;
    private final Table positions;
    private final Table definitions;

    /** A glyph on its way to its place. Lengths are units of the font. */
    static final class Piece {
        int glyph;
        /** Of the text: it is part of what begins there. */
        int cluster;
        /** For whoever orders them: what kind of letter it was, and where it belongs. */
        int kind;

        int place;
        /** Which features it takes part in. */
        int features;
        /** Whether it is no longer the letter that it was. */
        boolean isReplaced;

        int right;
        int up;
        int wider;
        /** Where it goes is counted from this one. */
        @Nullable
        Piece onto;

        Piece(int glyph, int cluster) {
            this.glyph = glyph;
            this.cluster = cluster;
        }
    }

    OpenType(TrueTypeFont font, String script) {
        this.substitutions = new Table(bytes(font, "GSUB"), script);
        this.positions = new Table(bytes(font, "GPOS"), script);
        this.definitions = new Table(bytes(font, "GDEF"), "");
    }

    private static byte[] bytes(TrueTypeFont font, String name) {
        TTFTable table = font.getTableMap().get(name);
        try {
            return table == null ? new byte[0] : font.getTableBytes(table);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Big-endian numbers; features of a script by their tag. */
    private static final class Table {
        private final byte[] bytes;
        private final Map<String, List<Integer>> features = new HashMap<>();
        private final int lookups;

        Table(byte[] bytes, String script) {
            this.bytes = bytes;
            this.lookups = bytes.length == 0 || script.isEmpty() ? 0 : at(8);
            if (lookups != 0) {
                readFeatures(script);
            }
        }

        private void readFeatures(String script) {
            int scripts = at(4);
            int list = at(6);
            for (int i = 0; i < at(scripts); i++) {
                int record = scripts + 2 + 6 * i;
                if (!tag(record).equals(script)) {
                    continue;
                }
                int found = scripts + at(record + 4);
                int language = found + at(found);
                for (int f = 0; f < at(language + 4); f++) {
                    int feature = list + 2 + 6 * at(language + 6 + 2 * f);
                    int body = list + at(feature + 4);
                    List<Integer> its = features.computeIfAbsent(tag(feature), tag -> new ArrayList<>());
                    for (int l = 0; l < at(body + 2); l++) {
                        its.add(at(body + 4 + 2 * l));
                    }
                }
            }
        }

        int at(int offset) {
            return (bytes[offset] & 0xff) << 8 | bytes[offset + 1] & 0xff;
        }

        int signedAt(int offset) {
            return (short) at(offset);
        }

        private String tag(int offset) {
            return new String(bytes, offset, 4, StandardCharsets.US_ASCII);
        }

        int lookup(int number) {
            return lookups + at(lookups + 2 + 2 * number);
        }

        /** @return its number in a coverage table, or -1 */
        int covered(int coverage, int glyph) {
            int count = at(coverage + 2);
            if (at(coverage) == 1) {
                for (int i = 0; i < count; i++) {
                    if (at(coverage + 4 + 2 * i) == glyph) {
                        return i;
                    }
                }
                return -1;
            }
            for (int i = 0; i < count; i++) {
                int range = coverage + 4 + 6 * i;
                if (glyph >= at(range) && glyph <= at(range + 2)) {
                    return at(range + 4) + glyph - at(range);
                }
            }
            return -1;
        }

        int classOf(int classes, int glyph) {
            if (at(classes) == 1) {
                int index = glyph - at(classes + 2);
                return index >= 0 && index < at(classes + 4) ? at(classes + 6 + 2 * index) : 0;
            }
            for (int i = 0; i < at(classes + 2); i++) {
                int range = classes + 4 + 6 * i;
                if (glyph >= at(range) && glyph <= at(range + 2)) {
                    return at(range + 4);
                }
            }
            return 0;
        }
    }

    /** Replaces glyphs as these features say, in the order in which the font has them; those that take part. */
    void substitute(List<Piece> pieces, List<String> features, Predicate<Piece> takesPart) {
        for (int lookup : lookups(substitutions, features)) {
            apply(substitutions, lookup, pieces, takesPart);
        }
    }

    /** Moves glyphs to where they belong. */
    void position(List<Piece> pieces, List<String> features) {
        for (int lookup : lookups(positions, features)) {
            apply(positions, lookup, pieces, piece -> true);
        }
    }

    private static List<Integer> lookups(Table table, List<String> features) {
        return features.stream()
                .flatMap(feature -> table.features.getOrDefault(feature, List.of()).stream())
                .distinct()
                .sorted()
                .toList();
    }

    private void apply(Table table, int lookup, List<Piece> pieces, Predicate<Piece> takesPart) {
        var one = new Lookup(table, lookup, pieces, takesPart, 0);
        for (int at = 0; at < pieces.size(); ) {
            int next = one.isIgnored(at) || !takesPart.test(pieces.get(at)) ? -1 : one.apply(at);
            at = next < 0 ? at + 1 : next;
        }
    }

    boolean isMark(int glyph) {
        return definitions.bytes.length > 0 && definitions.classOf(definitions.at(4), glyph) == MARK;
    }

    /** One lookup over a row of glyphs. */
    private final class Lookup {
        private final Table table;
        private final int lookup;
        private final int flag;
        private final List<Piece> pieces;
        private final Predicate<Piece> takesPart;
        private final int depth;

        Lookup(Table table, int number, List<Piece> pieces, Predicate<Piece> takesPart, int depth) {
            this.table = table;
            this.lookup = table.lookup(number);
            this.flag = table.at(lookup + 2);
            this.pieces = pieces;
            this.takesPart = takesPart;
            this.depth = depth;
        }

        boolean isIgnored(int at) {
            int glyph = pieces.get(at).glyph;
            if (!isMark(glyph)) {
                return false;
            }
            if ((flag & IGNORE_MARKS) != 0) {
                return true;
            }
            if ((flag & BY_SET) != 0) {
                int sets = definitions.at(12);
                int set = table.at(lookup + 6 + 2 * table.at(lookup + 4));
                return definitions.covered(sets + longAt(definitions, sets + 4 + 4 * set), glyph) < 0;
            }
            int type = flag >> 8;
            return type != 0 && definitions.classOf(definitions.at(10), glyph) != type;
        }

        private static int longAt(Table table, int offset) {
            return table.at(offset) << 16 | table.at(offset + 2);
        }

        /** @return from where to go on, or -1 where it says nothing about the glyph that is there */
        int apply(int at) {
            int type = table.at(lookup);
            for (int i = 0; i < table.at(lookup + 4); i++) {
                int sub = lookup + table.at(lookup + 6 + 2 * i);
                int next = table == substitutions ? substitute(type, sub, at) : position(type, sub, at);
                if (next >= 0) {
                    return next;
                }
            }
            return -1;
        }

        private int substitute(int type, int sub, int at) {
            return switch (type) {
                case 1 -> single(sub, at);
                case 2 -> multiple(sub, at);
                case 4 -> ligature(sub, at);
                case 5 -> context(sub, at, false);
                case 6 -> context(sub, at, true);
                default -> throw new IllegalStateException("GSUB " + type);
            };
        }

        private int position(int type, int sub, int at) {
            return switch (type) {
                case 1 -> moved(sub, at);
                case 2 -> pair(sub, at);
                case 4, 6 -> attached(sub, at, type == 6);
                case 7 -> context(sub, at, false);
                case 8 -> context(sub, at, true);
                default -> throw new IllegalStateException("GPOS " + type);
            };
        }

        private int covered(int sub, int at) {
            return table.covered(sub + table.at(sub + 2), pieces.get(at).glyph);
        }

        private int single(int sub, int at) {
            int index = covered(sub, at);
            if (index < 0) {
                return -1;
            }
            Piece piece = pieces.get(at);
            piece.glyph = table.at(sub) == 1 ? piece.glyph + table.at(sub + 4) & 0xffff : table.at(sub + 6 + 2 * index);
            piece.isReplaced = true;
            return at + 1;
        }

        private int multiple(int sub, int at) {
            int index = covered(sub, at);
            if (index < 0) {
                return -1;
            }
            int sequence = sub + table.at(sub + 6 + 2 * index);
            int count = table.at(sequence);
            Piece old = pieces.remove(at);
            for (int i = 0; i < count; i++) {
                var piece = new Piece(table.at(sequence + 2 + 2 * i), old.cluster);
                piece.kind = old.kind;
                piece.place = old.place;
                piece.features = old.features;
                piece.isReplaced = true;
                pieces.add(at + i, piece);
            }
            return at + count;
        }

        private int ligature(int sub, int at) {
            int index = covered(sub, at);
            if (index < 0) {
                return -1;
            }
            int set = sub + table.at(sub + 6 + 2 * index);
            for (int i = 0; i < table.at(set); i++) {
                int one = set + table.at(set + 2 + 2 * i);
                int count = table.at(one + 2);
                int[] where = input(at, count, n -> glyph -> glyph == table.at(one + 4 + 2 * (n - 1)));
                if (where.length == count) {
                    Piece piece = pieces.get(at);
                    piece.glyph = table.at(one);
                    piece.isReplaced = true;
                    for (int n = count - 1; n > 0; n--) {
                        piece.cluster = Math.min(piece.cluster, pieces.remove(where[n]).cluster);
                    }
                    return at + 1;
                }
            }
            return -1;
        }

        private interface Wanted {
            IntPredicate nth(int n);
        }

        /** Where the glyphs are that follow as wanted, the first one's place included; fewer than asked for where they do not. */
        private int[] input(int at, int count, Wanted wanted) {
            int[] found = new int[count];
            found[0] = at;
            for (int n = 1, next = at + 1; n < count; n++, next++) {
                while (next < pieces.size() && isIgnored(next)) {
                    next++;
                }
                if (next >= pieces.size()
                        || !takesPart.test(pieces.get(next))
                        || !wanted.nth(n).test(pieces.get(next).glyph)) {
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
                while (next >= 0 && next < pieces.size() && isIgnored(next)) {
                    next += step;
                }
                if (next < 0 || next >= pieces.size() || !wanted.nth(n).test(pieces.get(next).glyph)) {
                    return false;
                }
            }
            return true;
        }

        private int context(int sub, int at, boolean chained) {
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
                            table.classOf(input, pieces.get(at).glyph),
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
                    return nested(where, chained ? records + 2 : records, recordCount);
                }
            }
            return -1;
        }

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
            if (!wanted.nth(0).test(pieces.get(at).glyph)) {
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
            return nested(where, chained ? records + 2 : records, chained ? table.at(records) : table.at(own + 2));
        }

        private int nested(int[] where, int records, int count) {
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
                var inner = new Lookup(table, table.at(records + 4 * i + 2), pieces, takesPart, depth + 1);
                int before = pieces.size();
                int place = places.get(which);
                if (inner.isIgnored(place) || inner.apply(place) < 0) {
                    continue;
                }
                int more = pieces.size() - before;
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

        private int moved(int sub, int at) {
            int index = covered(sub, at);
            if (index < 0) {
                return -1;
            }
            int format = table.at(sub + 4);
            move(pieces.get(at), format, table.at(sub) == 1 ? sub + 6 : sub + 8 + index * 2 * Integer.bitCount(format));
            return at + 1;
        }

        private void move(Piece piece, int format, int value) {
            int at = value;
            if ((format & 1) != 0) {
                piece.right += table.signedAt(at);
                at += 2;
            }
            if ((format & 2) != 0) {
                piece.up += table.signedAt(at);
                at += 2;
            }
            if ((format & 4) != 0) {
                piece.wider += table.signedAt(at);
            }
        }

        private int pair(int sub, int at) {
            int index = covered(sub, at);
            int next = at + 1;
            while (next < pieces.size() && isIgnored(next)) {
                next++;
            }
            if (index < 0 || next >= pieces.size() || table.at(sub) != 1) {
                return -1;
            }
            int first = table.at(sub + 4);
            int second = table.at(sub + 6);
            int length = 2 + 2 * Integer.bitCount(first) + 2 * Integer.bitCount(second);
            int set = sub + table.at(sub + 10 + 2 * index);
            for (int i = 0; i < table.at(set); i++) {
                int record = set + 2 + i * length;
                if (table.at(record) == pieces.get(next).glyph) {
                    move(pieces.get(at), first, record + 2);
                    move(pieces.get(next), second, record + 2 + 2 * Integer.bitCount(first));
                    return second == 0 ? next : next + 1;
                }
            }
            return -1;
        }

        /** A mark goes where its letter, or the mark before it, has a place for it. */
        private int attached(int sub, int at, boolean toMark) {
            int mark = covered(sub, at);
            if (mark < 0) {
                return -1;
            }
            int base = at - 1;
            while (base >= 0 && (toMark ? isIgnored(base) : isMark(pieces.get(base).glyph))) {
                base--;
            }
            if (base < 0 || toMark && !isMark(pieces.get(base).glyph)) {
                return -1;
            }
            int index = table.covered(sub + table.at(sub + 4), pieces.get(base).glyph);
            if (index < 0) {
                return -1;
            }
            int classes = table.at(sub + 6);
            int marks = sub + table.at(sub + 8);
            int bases = sub + table.at(sub + 10);
            int kind = table.at(marks + 2 + 4 * mark);
            int anchor = table.at(bases + 2 + 2 * (index * classes + kind));
            if (anchor == 0) {
                return -1;
            }
            int own = marks + table.at(marks + 4 + 4 * mark);
            int to = bases + anchor;
            Piece piece = pieces.get(at);
            piece.onto = pieces.get(base);
            piece.right = table.signedAt(to + 2) - table.signedAt(own + 2);
            piece.up = table.signedAt(to + 4) - table.signedAt(own + 4);
            return at + 1;
        }
    }
}
