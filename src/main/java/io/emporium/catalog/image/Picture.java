package io.emporium.catalog.image;

import io.emporium.shared.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What the first bytes of a file say of it. What the client says (its name, its type) is not asked. Nothing is decoded, so
 * that a bomb is refused before it needs memory; read with nothing but this class, since an image library is attack surface
 * that the process which answers requests does not need.
 *
 * @param width in pixels, 1–12,000, before its orientation is applied
 * @param height as width
 */
record Picture(PictureType type, int width, int height) {
    static final int LONGEST_SIDE = 12_000;
    static final long MOST_PIXELS = 50_000_000;
    /** Its decoder holds all of the picture's coefficients at once, outside the heap. */
    static final long MOST_OF_A_PROGRESSIVE_JPEG = 20_000_000;
    /** Its decoder makes 25 objects of every 256 pixels before it has read one of them: 50 bytes a pixel. */
    static final long MOST_OF_A_LOSSY_WEBP = 4_000_000;
    /** Its decoder makes the whole picture before any of it is left out: four bytes a pixel. */
    static final long MOST_OF_A_LOSSLESS_WEBP = 20_000_000;
    /** Cameras and browsers make about ten; each goes over the whole picture once more. */
    private static final int MOST_SCANS = 100;

    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    /** @throws Refusal UNSUPPORTED_MEDIA_TYPE if it is none of the three, VALIDATION_ERROR if its header is broken or too large */
    static Picture of(byte[] file) {
        Picture picture;
        try {
            picture = switch (type(file)) {
                case JPEG -> jpeg(file);
                case PNG -> png(file);
                case WEBP -> webp(file);
            };
        } catch (ArrayIndexOutOfBoundsException cutOff) {
            throw ImageError.broken();
        }
        return picture.atMost(MOST_PIXELS);
    }

    private Picture atMost(long pixels) {
        if (width < 1
                || height < 1
                || width > LONGEST_SIDE
                || height > LONGEST_SIDE
                || (long) width * height > pixels) {
            throw ImageError.dimensions(width, height, pixels);
        }
        return this;
    }

    private static PictureType type(byte[] file) {
        if (file.length > 3 && u16(file, 0) == 0xFFD8 && u8(file, 2) == 0xFF) {
            return PictureType.JPEG;
        }
        if (file.length >= 8 && Arrays.equals(file, 0, 8, PNG, 0, 8)) {
            return PictureType.PNG;
        }
        if (file.length >= 12 && isAt(file, 0, "RIFF") && isAt(file, 8, "WEBP")) {
            return PictureType.WEBP;
        }
        throw ImageError.notAPicture();
    }

    private static Picture jpeg(byte[] file) {
        int at = 2;
        while (true) {
            if (u8(file, at) != 0xFF) {
                throw ImageError.broken();
            }
            while (u8(file, at) == 0xFF) {
                at++;
            }
            int marker = u8(file, at);
            int length = u16(file, at + 1);
            // Baseline, extended and progressive; lossless and arithmetic coding are in no browser.
            if (marker >= 0xC0 && marker <= 0xC2) {
                // In several scans a decoder holds the coefficients of all of it, whatever the frame is called.
                boolean isHeldWhole = marker == 0xC2 || scans(file) > 1;
                return new Picture(PictureType.JPEG, u16(file, at + 6), u16(file, at + 4))
                        .atMost(isHeldWhole ? MOST_OF_A_PROGRESSIVE_JPEG : MOST_PIXELS);
            }
            boolean isOtherFrame =
                    marker >= 0xC3 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
            boolean hasNoLength = marker == 0x01 || (marker >= 0xD0 && marker <= 0xD9);
            if (isOtherFrame || hasNoLength || marker == 0xDA || length < 2) {
                throw ImageError.broken();
            }
            at += 1 + length;
        }
    }

    private static Picture png(byte[] file) {
        if (u32(file, 8) != 13 || !isAt(file, 12, "IHDR") || u8(file, 28) > 1) {
            throw ImageError.broken();
        }
        return new Picture(PictureType.PNG, side(u32(file, 16)), side(u32(file, 20)));
    }

    private static Picture webp(byte[] file) {
        Picture canvas = null;
        int at = 12;
        if (isAt(file, at, "VP8X")) {
            boolean isAnimated = (u8(file, at + 8) & 0x02) != 0;
            if (isAnimated || u32le(file, at + 4) != 10) {
                throw ImageError.broken();
            }
            canvas = new Picture(PictureType.WEBP, 1 + u24le(file, at + 12), 1 + u24le(file, at + 15));
        }
        // The picture itself has a size of its own, and that is the one that a decoder takes memory for; it would
        // decode a
        // second one as well.
        Picture frame = null;
        int alphas = 0;
        while (at + 8L <= file.length) {
            boolean isLossy = isAt(file, at, "VP8 ");
            if (isLossy || isAt(file, at, "VP8L")) {
                if (frame != null) {
                    throw ImageError.broken();
                }
                frame = isLossy ? lossy(file, at + 8) : lossless(file, at + 8);
            } else if (isAt(file, at, "ANIM") || isAt(file, at, "ANMF") || (isAt(file, at, "ALPH") && ++alphas > 1)) {
                throw ImageError.broken();
            }
            long length = u32le(file, at + 4);
            at = (int) Math.min(file.length, at + 8 + length + (length & 1));
        }
        if (frame == null) {
            throw ImageError.broken();
        }
        if (canvas != null && !canvas.equals(frame)) {
            throw ImageError.broken();
        }
        return frame;
    }

    private static Picture lossy(byte[] file, int at) {
        boolean isKeyFrame = (u8(file, at) & 1) == 0;
        if (!isKeyFrame || u8(file, at + 3) != 0x9D || u8(file, at + 4) != 0x01 || u8(file, at + 5) != 0x2A) {
            throw ImageError.broken();
        }
        int width = u8(file, at + 6) | (u8(file, at + 7) & 0x3F) << 8;
        int height = u8(file, at + 8) | (u8(file, at + 9) & 0x3F) << 8;
        return new Picture(PictureType.WEBP, width, height).atMost(MOST_OF_A_LOSSY_WEBP);
    }

    private static Picture lossless(byte[] file, int at) {
        if (u8(file, at) != 0x2F) {
            throw ImageError.broken();
        }
        long sizes = u32le(file, at + 1);
        return new Picture(PictureType.WEBP, 1 + (int) (sizes & 0x3FFF), 1 + (int) (sizes >> 14 & 0x3FFF))
                .atMost(MOST_OF_A_LOSSLESS_WEBP);
    }

    /** Whether the file goes on to its end: decoders fill what is missing with grey. */
    boolean isWhole(byte[] file) {
        return switch (type) {
            case JPEG -> hasEndOfJpeg(file);
            case PNG -> hasEndOfPng(file);
            case WEBP -> u32le(file, 4) + 8 <= file.length;
        };
    }

    private static boolean hasEndOfJpeg(byte[] file) {
        try {
            int at = 2;
            while (u8(file, at + 1) != 0xDA) {
                at += u8(file, at + 1) == 0xFF ? 1 : 2 + u16(file, at + 2);
            }
            // In what follows an FF that is no marker is written FF 00. A thumbnail's end stands before it.
            while (u16(file, at) != 0xFFD9) {
                at++;
            }
            return true;
        } catch (ArrayIndexOutOfBoundsException cutOff) {
            return false;
        }
    }

    boolean hasTooManyScans(byte[] file) {
        return type == PictureType.JPEG && scans(file) > MOST_SCANS;
    }

    /** Those of a preview in a JPEG's header too: too many is on the safe side. */
    private static int scans(byte[] file) {
        int scans = 0;
        for (int at = 0; at + 1 < file.length; at++) {
            scans += u16(file, at) == 0xFFDA ? 1 : 0;
        }
        return scans;
    }

    private static boolean hasEndOfPng(byte[] file) {
        long at = 8;
        while (at + 12 <= file.length) {
            if (isAt(file, (int) at + 4, "IEND")) {
                return true;
            }
            at += 12 + u32(file, (int) at);
        }
        return false;
    }

    private static int side(long pixels) {
        return (int) Math.min(pixels, Integer.MAX_VALUE);
    }

    private static boolean isAt(byte[] file, int at, String name) {
        return name.equals(
                new String(Arrays.copyOfRange(bounded(file, at + 3), at, at + 4), StandardCharsets.ISO_8859_1));
    }

    private static byte[] bounded(byte[] file, int last) {
        if (last >= file.length) {
            throw new ArrayIndexOutOfBoundsException(last);
        }
        return file;
    }

    static int u8(byte[] file, int at) {
        return file[at] & 0xFF;
    }

    static int u16(byte[] file, int at) {
        return u8(file, at) << 8 | u8(file, at + 1);
    }

    private static long u32(byte[] file, int at) {
        return (long) u16(file, at) << 16 | u16(file, at + 2);
    }

    private static int u24le(byte[] file, int at) {
        return u8(file, at) | u8(file, at + 1) << 8 | u8(file, at + 2) << 16;
    }

    static long u32le(byte[] file, int at) {
        return u24le(file, at) | (long) u8(file, at + 3) << 24;
    }
}
