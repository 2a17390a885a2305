package io.emporium.catalog.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * How a camera was held, as EXIF has it: 1 upright, 3 upside down, 6 and 8 on its sides; 2, 4, 5 and 7 are these mirrored.
 * The sizes we make carry no EXIF, so it must be applied to their pixels.
 */
final class Orientation {
    static final int UPRIGHT = 1;
    private static final int TAG = 0x0112;

    private Orientation() {}

    /** 1–8; 1 if the file does not say, or says nonsense. */
    static int of(PictureType type, byte[] file) {
        try {
            return tiff(type, file)
                    .map(Orientation::tagged)
                    .filter(value -> value >= 1 && value <= 8)
                    .orElse(UPRIGHT);
        } catch (IndexOutOfBoundsException | IllegalArgumentException nonsense) {
            return UPRIGHT;
        }
    }

    /** Whether width and height change places. */
    static boolean isOnItsSide(int orientation) {
        return orientation >= 5;
    }

    private static Optional<byte[]> tiff(PictureType type, byte[] file) {
        return switch (type) {
            case JPEG -> ofJpeg(file);
            case PNG -> ofChunks(file, 8, ByteOrder.BIG_ENDIAN, 4, "eXIf", 4);
            case WEBP -> ofChunks(file, 12, ByteOrder.LITTLE_ENDIAN, 0, "EXIF", 0);
        };
    }

    private static Optional<byte[]> ofJpeg(byte[] file) {
        int at = 2;
        while (at + 10 < file.length && Picture.u8(file, at) == 0xFF && Picture.u8(file, at + 1) != 0xDA) {
            int length = Picture.u16(file, at + 2);
            if (Picture.u8(file, at + 1) == 0xE1 && named(file, at + 4, "Exif")) {
                return Optional.of(Arrays.copyOfRange(file, at + 10, at + 2 + length));
            }
            at += 2 + length;
        }
        return Optional.empty();
    }

    /** A chunk of PNG or of WebP: eight bytes of length and name, in this order or in that, then its data. */
    private static Optional<byte[]> ofChunks(
            byte[] file, int begin, ByteOrder order, int nameAt, String name, int checksum) {
        ByteBuffer chunks = ByteBuffer.wrap(file).order(order);
        long at = begin;
        while (at + 8 <= file.length) {
            long length = chunks.getInt((int) at + 4 - nameAt) & 0xFFFFFFFFL;
            if (named(file, (int) at + nameAt, name)) {
                int from = (int) at + 8 + (named(file, (int) at + 8, "Exif") ? 6 : 0);
                return Optional.of(Arrays.copyOfRange(file, from, (int) Math.min(file.length, at + 8 + length)));
            }
            at += 8 + length + checksum + (checksum == 0 ? length & 1 : 0);
        }
        return Optional.empty();
    }

    private static boolean named(byte[] file, int at, String name) {
        for (int i = 0; i < name.length(); i++) {
            if (at + i >= file.length || file[at + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static int tagged(byte[] tiff) {
        ByteBuffer exif = ByteBuffer.wrap(tiff);
        exif.order(exif.getShort(0) == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int directory = exif.getInt(4);
        int entries = exif.getShort(directory) & 0xFFFF;
        for (int i = 0; i < entries; i++) {
            int entry = directory + 2 + 12 * i;
            if ((exif.getShort(entry) & 0xFFFF) == TAG) {
                return exif.getShort(entry + 8) & 0xFFFF;
            }
        }
        return UPRIGHT;
    }
}
