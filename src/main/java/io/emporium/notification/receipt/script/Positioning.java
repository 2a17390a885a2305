package io.emporium.notification.receipt.script;

/** Glyphs that go elsewhere (GPOS). */
final class Positioning extends Lookup {
    Positioning(FontTable table, int number, Row row, int depth) {
        super(table, number, row, depth);
    }

    @Override
    Lookup nested(int number, int deeper) {
        return new Positioning(table, number, row, deeper);
    }

    @Override
    int apply(int type, int sub, int at) {
        return switch (type) {
            case 1 -> moved(sub, at);
            case 2 -> pair(sub, at);
            case 4, 6 -> attached(sub, at, type == 6);
            case 7 -> context(sub, at, false);
            case 8 -> context(sub, at, true);
            default -> throw new IllegalStateException("GPOS " + type);
        };
    }

    private int moved(int sub, int at) {
        int index = covered(sub, at);
        if (index < 0) {
            return -1;
        }
        int format = table.at(sub + 4);
        move(row.at(at), format, table.at(sub) == 1 ? sub + 6 : sub + 8 + index * 2 * Integer.bitCount(format));
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
        while (next < row.size() && isIgnored(next)) {
            next++;
        }
        if (index < 0 || next >= row.size() || table.at(sub) != 1) {
            return -1;
        }
        int first = table.at(sub + 4);
        int second = table.at(sub + 6);
        int length = 2 + 2 * Integer.bitCount(first) + 2 * Integer.bitCount(second);
        int set = sub + table.at(sub + 10 + 2 * index);
        for (int i = 0; i < table.at(set); i++) {
            int record = set + 2 + i * length;
            if (table.at(record) == row.glyph(next)) {
                move(row.at(at), first, record + 2);
                move(row.at(next), second, record + 2 + 2 * Integer.bitCount(first));
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
        while (base >= 0 && (toMark ? isIgnored(base) : row.isMark(base))) {
            base--;
        }
        if (base < 0 || toMark && !row.isMark(base)) {
            return -1;
        }
        int index = table.covered(sub + table.at(sub + 4), row.glyph(base));
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
        Piece piece = row.at(at);
        piece.onto = row.at(base);
        piece.right = table.signedAt(to + 2) - table.signedAt(own + 2);
        piece.up = table.signedAt(to + 4) - table.signedAt(own + 4);
        return at + 1;
    }
}
