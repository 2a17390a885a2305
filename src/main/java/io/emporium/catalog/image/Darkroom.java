package io.emporium.catalog.image;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the sizes of a picture: upright, in sRGB, without a word of what the camera knew (place, time, owner). The only class
 * that touches AWT, and no bean: a native image, which has none, then has no way into it.
 */
final class Darkroom {
    // A picture is read in steps of so many pixels that it is at least this long: twice what is made of it, for its
    // looks.
    private static final int READ_AT_LEAST = 2 * Variant.LARGE.longest;

    static {
        System.setProperty("java.awt.headless", "true");
        // A picture of 5 MB has room in memory; a cache would be a file.
        ImageIO.setUseCache(false);
    }

    private Darkroom() {}

    /** @param width in pixels, of these bytes */
    record Print(byte[] bytes, PictureType type, int width, int height) {}

    /** It is not the picture that it begins as. */
    static final class Undecodable extends Exception {
        private static final long serialVersionUID = 1L;

        /** @param reason for an admin */
        Undecodable(String reason, @Nullable Throwable cause) {
            super(reason, cause);
        }
    }

    /** @throws Undecodable and will be whenever it is tried again */
    static Map<Variant, Print> develop(byte[] file, Picture picture) throws Undecodable {
        if (!picture.isWhole(file)) {
            throw new Undecodable("The file ends before the picture does", null);
        }
        if (picture.hasTooManyScans(file)) {
            throw new Undecodable("The picture is made of too many scans", null);
        }
        BufferedImage read;
        try {
            read = read(file, picture);
        } catch (IOException | RuntimeException broken) {
            throw new Undecodable("The file cannot be decoded", broken);
        } catch (OutOfMemoryError tooMuch) {
            // A small file can ask for tables of hundreds of megabytes; once is enough.
            throw new Undecodable("The picture needs more memory than there is", tooMuch);
        }
        int orientation = Orientation.of(picture.type(), file);
        boolean turned = Orientation.isOnItsSide(orientation);
        int width = turned ? picture.height() : picture.width();
        int height = turned ? picture.width() : picture.height();
        boolean transparent = isTransparent(read);
        Map<Variant, Print> prints = new EnumMap<>(Variant.class);
        BufferedImage last = null;
        for (Variant variant : Variant.values()) {
            int longest = Math.max(width, height);
            int to = Math.min(longest, variant.longest);
            int w = (int) Math.max(1, ((long) width * to + longest / 2) / longest);
            int h = (int) Math.max(1, ((long) height * to + longest / 2) / longest);
            // Scaled first and turned then: there is less to turn.
            last = last == null
                    ? upright(scaled(read, turned ? h : w, turned ? w : h, transparent), orientation)
                    : scaled(last, w, h, transparent);
            PictureType type = transparent ? PictureType.PNG : PictureType.JPEG;
            prints.put(variant, new Print(written(last, type), type, w, h));
        }
        return prints;
    }

    private static BufferedImage read(byte[] file, Picture picture) throws IOException {
        Iterator<ImageReader> readers =
                ImageIO.getImageReadersByMIMEType(picture.type().mediaType());
        if (!readers.hasNext()) {
            throw new IllegalStateException("no reader of " + picture.type());
        }
        ImageReader reader = readers.next();
        try (var from = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader.setInput(from, true, true);
            // What was checked at the door must be what is decoded.
            if (reader.getWidth(0) != picture.width() || reader.getHeight(0) != picture.height()) {
                throw new IOException("another size than its header says");
            }
            ImageReadParam parameters = reader.getDefaultReadParam();
            int step = Math.max(1, Math.max(picture.width(), picture.height()) / READ_AT_LEAST);
            // A side shorter than the step still has a pixel.
            parameters.setSourceSubsampling(Math.min(step, picture.width()), Math.min(step, picture.height()), 0, 0);
            return reader.read(0, parameters);
        } finally {
            reader.dispose();
        }
    }

    private static boolean isTransparent(BufferedImage image) {
        if (!image.getColorModel().hasAlpha()) {
            return false;
        }
        int[] row = new int[image.getWidth()];
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, row.length, 1, row, 0, row.length);
            for (int pixel : row) {
                if (pixel >>> 24 != 0xFF) {
                    return true;
                }
            }
        }
        return false;
    }

    /** By halves, because a pixel made of more than four others at once would forget some of them. */
    private static BufferedImage scaled(BufferedImage image, int width, int height, boolean transparent) {
        BufferedImage now = image;
        do {
            int w = Math.max(width, Math.min(now.getWidth(), (now.getWidth() + 1) / 2));
            int h = Math.max(height, Math.min(now.getHeight(), (now.getHeight() + 1) / 2));
            BufferedImage half = canvas(w, h, transparent);
            Graphics2D brush = half.createGraphics();
            brush.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            brush.drawImage(now, 0, 0, w, h, null);
            brush.dispose();
            now = half;
        } while (now.getWidth() != width || now.getHeight() != height);
        return now;
    }

    private static BufferedImage upright(BufferedImage image, int orientation) {
        if (orientation == Orientation.UPRIGHT) {
            return image;
        }
        int w = image.getWidth();
        int h = image.getHeight();
        // Where x and y of a pixel go: the six numbers are those of x' = ax + cy + e, y' = bx + dy + f.
        AffineTransform turn = switch (orientation) {
            case 2 -> new AffineTransform(-1, 0, 0, 1, w, 0);
            case 3 -> new AffineTransform(-1, 0, 0, -1, w, h);
            case 4 -> new AffineTransform(1, 0, 0, -1, 0, h);
            case 5 -> new AffineTransform(0, 1, 1, 0, 0, 0);
            case 6 -> new AffineTransform(0, 1, -1, 0, h, 0);
            case 7 -> new AffineTransform(0, -1, -1, 0, h, w);
            case 8 -> new AffineTransform(0, -1, 1, 0, 0, w);
            default -> throw new IllegalArgumentException("orientation " + orientation);
        };
        boolean turned = Orientation.isOnItsSide(orientation);
        BufferedImage upright =
                canvas(turned ? h : w, turned ? w : h, image.getColorModel().hasAlpha());
        Graphics2D brush = upright.createGraphics();
        brush.drawImage(image, turn, null);
        brush.dispose();
        return upright;
    }

    private static BufferedImage canvas(int width, int height, boolean transparent) {
        // Premultiplied: what cannot be seen of a transparent pixel must not colour its neighbours.
        return new BufferedImage(
                width, height, transparent ? BufferedImage.TYPE_INT_ARGB_PRE : BufferedImage.TYPE_INT_RGB);
    }

    private static byte[] written(BufferedImage image, PictureType type) {
        ImageWriter writer = ImageIO.getImageWriters(
                        ImageTypeSpecifier.createFromRenderedImage(image), type == PictureType.PNG ? "png" : "jpeg")
                .next();
        var bytes = new ByteArrayOutputStream();
        try (var to = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(to);
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            if (type == PictureType.JPEG) {
                parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                parameters.setCompressionQuality(0.85f);
            }
            writer.write(null, new IIOImage(image, null, null), parameters);
        } catch (IOException impossible) {
            throw new IllegalStateException("a picture could not be written to memory", impossible);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
