package io.emporium.catalog;

import java.nio.charset.StandardCharsets;

/**
 * Which SKUs a file has had so far, as 64-bit fingerprints in at most 32 MB. It only serves to tell the merchant of a
 * repetition, so it may stop to notice after {@value #MOST} of them.
 */
final class SeenSkus {
    private static final int MOST = 2_000_000;

    private long[] slots = new long[1 << 10];
    private int count;

    /** Whether it is the first time; true as well when nothing more can be remembered. */
    boolean add(String sku) {
        if (count >= MOST) {
            return !holds(sku);
        }
        if (count * 2 >= slots.length) {
            long[] before = slots;
            slots = new long[before.length * 2];
            for (long fingerprint : before) {
                if (fingerprint != 0) {
                    slots[slot(fingerprint)] = fingerprint;
                }
            }
        }
        long fingerprint = fingerprint(sku);
        int slot = slot(fingerprint);
        if (slots[slot] == fingerprint) {
            return false;
        }
        slots[slot] = fingerprint;
        count++;
        return true;
    }

    private boolean holds(String sku) {
        long fingerprint = fingerprint(sku);
        return slots[slot(fingerprint)] == fingerprint;
    }

    private int slot(long fingerprint) {
        int slot = (int) (fingerprint ^ (fingerprint >>> 32)) & (slots.length - 1);
        while (slots[slot] != 0 && slots[slot] != fingerprint) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }

    /** FNV-1a with a final mix; never 0, which is an empty slot. */
    private static long fingerprint(String sku) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : sku.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        hash ^= hash >>> 29;
        hash *= 0xbf58476d1ce4e5b9L;
        hash ^= hash >>> 32;
        return hash == 0 ? 1 : hash;
    }
}
