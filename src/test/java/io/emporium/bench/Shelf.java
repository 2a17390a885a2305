package io.emporium.bench;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** As many products as wanted, each the same in every run: a shop of many brands, some of them large. */
final class Shelf {
    static final List<String> THINGS = List.of(
            "Lamp",
            "Kettle",
            "Backpack",
            "Headphones",
            "Keyboard",
            "Blanket",
            "Notebook",
            "Bicycle",
            "Jacket",
            "Sneakers",
            "Camera",
            "Tent",
            "Grinder",
            "Mirror",
            "Cushion",
            "Monitor",
            "Speaker",
            "Bottle",
            "Chair",
            "Desk",
            "Shelf",
            "Watch",
            "Wallet",
            "Umbrella",
            "Toaster",
            "Blender",
            "Vacuum",
            "Drill",
            "Hammer",
            "Ladder",
            "Guitar",
            "Piano",
            "Puzzle",
            "Robot",
            "Balloon",
            "Candle",
            "Carpet",
            "Curtain",
            "Pillow",
            "Towel");
    static final List<String> QUALITIES = List.of(
            "Wireless",
            "Folding",
            "Ceramic",
            "Wooden",
            "Leather",
            "Waterproof",
            "Compact",
            "Vintage",
            "Ergonomic",
            "Portable",
            "Insulated",
            "Magnetic",
            "Adjustable",
            "Silent",
            "Bamboo",
            "Cordless",
            "Reflective",
            "Quilted",
            "Bright",
            "Sturdy");
    private static final int BRANDS = 2_000;

    private Shelf() {}

    static String category(int thing) {
        return THINGS.get(thing).toLowerCase(java.util.Locale.ROOT) + "s";
    }

    /** Products from one number to another, as the import reads them: made while they are read. */
    static InputStream rows(int from, int to) {
        return new InputStream() {
            private byte[] row =
                    "sku,name,price,category,stock_quantity,description,brand\n".getBytes(StandardCharsets.UTF_8);
            private int at;
            private int next = from;

            @Override
            public int read() {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0];
            }

            /** As much as is asked for, as a file would give it: row by row it would be sent row by row. */
            @Override
            public int read(byte[] into, int offset, int length) {
                int count = 0;
                while (count < length && (at < row.length || next < to)) {
                    if (at == row.length) {
                        row = row(next++).getBytes(StandardCharsets.UTF_8);
                        at = 0;
                    }
                    int some = Math.min(length - count, row.length - at);
                    System.arraycopy(row, at, into, offset + count, some);
                    at += some;
                    count += some;
                }
                return count == 0 && length > 0 ? -1 : count;
            }
        };
    }

    private static String row(int number) {
        var random = new Random(number);
        int thing = random.nextInt(THINGS.size());
        String quality = QUALITIES.get(random.nextInt(QUALITIES.size()));
        // A few brands have most of the products.
        int brand = (int) (BRANDS * Math.pow(random.nextDouble(), 3));
        return "B-" + number + "," + quality + " " + THINGS.get(thing) + " " + (number % 997) + ","
                + (1 + random.nextInt(999)) + "." + (10 + random.nextInt(90)) + "," + category(thing) + ","
                + random.nextInt(200) + ",\"A " + quality.toLowerCase(java.util.Locale.ROOT) + " "
                + THINGS.get(thing).toLowerCase(java.util.Locale.ROOT) + " for every day; "
                + QUALITIES.get(random.nextInt(QUALITIES.size())).toLowerCase(java.util.Locale.ROOT)
                + " and made to last, with a guarantee of " + (1 + random.nextInt(10)) + " years.\",Brand" + brand
                + "\n";
    }
}
