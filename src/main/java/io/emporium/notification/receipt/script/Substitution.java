package io.emporium.notification.receipt.script;

/** Glyphs that become others (GSUB). */
final class Substitution extends Lookup {
    Substitution(FontTable table, int number, Row row, int depth) {
        super(table, number, row, depth);
    }

    @Override
    Lookup nested(int number, int deeper) {
        return new Substitution(table, number, row, deeper);
    }

    @Override
    int apply(int type, int sub, int at) {
        return switch (type) {
            case 1 -> single(sub, at);
            case 2 -> multiple(sub, at);
            case 4 -> ligature(sub, at);
            case 5 -> context(sub, at, false);
            case 6 -> context(sub, at, true);
            default -> throw new IllegalStateException("GSUB " + type);
        };
    }

    private int single(int sub, int at) {
        int index = covered(sub, at);
        if (index < 0) {
            return -1;
        }
        Piece piece = row.at(at);
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
        Piece old = row.pieces().remove(at);
        for (int i = 0; i < count; i++) {
            var piece = new Piece(table.at(sequence + 2 + 2 * i), old.cluster);
            piece.kind = old.kind;
            piece.place = old.place;
            piece.features = old.features;
            piece.isReplaced = true;
            row.pieces().add(at + i, piece);
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
                Piece piece = row.at(at);
                piece.glyph = table.at(one);
                piece.isReplaced = true;
                for (int n = count - 1; n > 0; n--) {
                    piece.cluster = Math.min(piece.cluster, row.pieces().remove(where[n]).cluster);
                }
                return at + 1;
            }
        }
        return -1;
    }
}
