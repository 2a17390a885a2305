package io.emporium.notification.receipt.script;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.fontbox.ttf.TTFTable;
import org.apache.fontbox.ttf.TrueTypeFont;

/** A font's table: big-endian numbers, and features of a script by their tag. */
final class FontTable {
    private final byte[] bytes;
    private final Map<String, List<Integer>> features = new HashMap<>();
    private final int lookups;

    /** @param script whose features are wanted; empty for a table that has none */
    FontTable(TrueTypeFont font, String name, String script) {
        this.bytes = bytes(font, name);
        this.lookups = bytes.length == 0 || script.isEmpty() ? 0 : at(8);
        if (lookups != 0) {
            readFeatures(script);
        }
    }

    private static byte[] bytes(TrueTypeFont font, String name) {
        TTFTable table = font.getTableMap().get(name);
        try {
            return table == null ? new byte[0] : font.getTableBytes(table);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
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

    boolean isEmpty() {
        return bytes.length == 0;
    }

    int longAt(int offset) {
        return at(offset) << 16 | at(offset + 2);
    }

    /** The numbers of these features' lookups, in the order in which the font has them applied. */
    List<Integer> lookups(List<String> wanted) {
        return wanted.stream()
                .flatMap(feature -> features.getOrDefault(feature, List.of()).stream())
                .distinct()
                .sorted()
                .toList();
    }

    /** Where a lookup begins. */
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
