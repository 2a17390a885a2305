package io.emporium.catalog.image;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import javax.imageio.ImageIO;

/** Files that are pictures, and files that only begin as if. Each is another, so that none was uploaded before. */
public final class Pictures {
    private Pictures() {}

    public static byte[] jpeg(int width, int height) {
        return written(picture(width, height, BufferedImage.TYPE_INT_RGB), "jpg");
    }

    static byte[] png(int width, int height) {
        return written(picture(width, height, BufferedImage.TYPE_INT_RGB), "png");
    }

    /** Its left half is transparent. */
    static byte[] halfTransparentPng(int width, int height) {
        BufferedImage picture = picture(width, height, BufferedImage.TYPE_INT_ARGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width / 2; x++) {
                picture.setRGB(x, y, 0);
            }
        }
        return written(picture, "png");
    }

    /** One colour, lossless: all codes have one symbol, so no pixel needs a bit. */
    static byte[] webp(int width, int height) {
        var bits = new Object() {
            private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            private long held;
            private int count;

            void put(long value, int length) {
                held |= value << count;
                count += length;
                while (count >= 8) {
                    bytes.write((int) held);
                    held >>>= 8;
                    count -= 8;
                }
            }

            byte[] all() {
                put(0, 16);
                return bytes.toByteArray();
            }
        };
        bits.put(0x2F, 8);
        bits.put(width - 1, 14);
        bits.put(height - 1, 14);
        bits.put(0, 1 + 3); // no alpha, version 0
        bits.put(0, 1 + 1 + 1); // no transform, no colour cache, no meta codes
        Random random = ThreadLocalRandom.current();
        for (int code = 0; code < 4; code++) {
            bits.put(0b101, 3); // simple, one symbol, of eight bits
            bits.put(code == 3 ? 0xFF : random.nextInt(256), 8);
        }
        bits.put(0b0001, 4); // the distance: simple, one symbol, of one bit, 0
        byte[] data = bits.all();
        int padded = data.length + (data.length & 1);
        ByteBuffer file = ByteBuffer.allocate(20 + padded).order(ByteOrder.LITTLE_ENDIAN);
        file.put(ascii("RIFF"))
                .putInt(12 + padded)
                .put(ascii("WEBPVP8L"))
                .putInt(data.length)
                .put(data);
        return file.array();
    }

    /** Red on the left and blue on the right as it is stored, with words of a camera. */
    static byte[] heldOnItsSide(int width, int height, String camera) {
        var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D brush = picture.createGraphics();
        brush.setColor(Color.RED);
        brush.fillRect(0, 0, width / 2, height);
        brush.setColor(Color.BLUE);
        brush.fillRect(width / 2, 0, width, height);
        brush.dispose();
        return withExif(written(picture, "jpg"), 6, camera);
    }

    private static byte[] withExif(byte[] jpeg, int orientation, String camera) {
        byte[] words = ascii(camera + "\0");
        ByteBuffer tiff = ByteBuffer.allocate(8 + 2 + 24 + 4 + words.length);
        tiff.put(ascii("MM")).putShort((short) 42).putInt(8).putShort((short) 2);
        tiff.putShort((short) 0x0110).putShort((short) 2).putInt(words.length).putInt(38);
        tiff.putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .putShort((short) 0);
        tiff.putInt(0).put(words);
        ByteBuffer file = ByteBuffer.allocate(jpeg.length + 10 + tiff.capacity());
        file.put(jpeg, 0, 2).putShort((short) 0xFFE1).putShort((short) (8 + tiff.capacity()));
        file.put(ascii("Exif\0\0")).put(tiff.array()).put(jpeg, 2, jpeg.length - 2);
        return file.array();
    }

    /** A header that promises a picture, with nothing behind it. */
    static byte[] pngHeader(int width, int height) {
        ByteBuffer file = ByteBuffer.allocate(45);
        file.putLong(0x89504E470D0A1A0AL)
                .putInt(13)
                .put(ascii("IHDR"))
                .putInt(width)
                .putInt(height);
        file.put(new byte[] {8, 2, 0, 0, 0}).putInt(0).putInt(0).put(ascii("IDAT"));
        return file.array();
    }

    static byte[] cut(byte[] file) {
        return java.util.Arrays.copyOf(file, file.length * 2 / 3);
    }

    static BufferedImage read(byte[] file) {
        try {
            return ImageIO.read(new ByteArrayInputStream(file));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static BufferedImage picture(int width, int height, int type) {
        var picture = new BufferedImage(width, height, type);
        Random random = ThreadLocalRandom.current();
        Graphics2D brush = picture.createGraphics();
        for (int i = 0; i < 40; i++) {
            brush.setColor(new Color(random.nextInt(0x1000000)));
            brush.fillRect(random.nextInt(width), random.nextInt(height), 1 + width / 3, 1 + height / 3);
        }
        brush.dispose();
        return picture;
    }

    private static byte[] written(BufferedImage picture, String format) {
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, format, bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
