package io.emporium.notification.receipt;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** PDF's own syntax (ISO 32000-1): numbered objects, and the table that says where in the file each of them begins. */
final class PdfFile {
    private final List<byte[]> objects = new ArrayList<>();

    /** @return the number of an object that is put later, so that others can name it before */
    int reserve() {
        objects.add(new byte[0]);
        return objects.size();
    }

    int add(String object) {
        int number = reserve();
        put(number, object);
        return number;
    }

    void put(int number, String object) {
        objects.set(number - 1, object.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A compressed stream. @param entries of its dictionary, beside those that say how long and how compressed it is */
    int addStream(String entries, byte[] content) {
        var packed = new ByteArrayOutputStream();
        var deflater = new Deflater(Deflater.BEST_COMPRESSION);
        try (var out = new DeflaterOutputStream(packed, deflater)) {
            out.write(content);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        } finally {
            deflater.end();
        }
        return addStream(entries + " /Filter /FlateDecode", packed);
    }

    /** As it is: metadata must be readable without a PDF reader. */
    int addPlainStream(String entries, byte[] content) {
        var plain = new ByteArrayOutputStream();
        plain.writeBytes(content);
        return addStream(entries, plain);
    }

    private int addStream(String entries, ByteArrayOutputStream content) {
        int number = reserve();
        var whole = new ByteArrayOutputStream();
        whole.writeBytes(
                ("<<" + entries + " /Length " + content.size() + ">>\nstream\n").getBytes(StandardCharsets.ISO_8859_1));
        whole.writeBytes(content.toByteArray());
        whole.writeBytes("\nendstream".getBytes(StandardCharsets.ISO_8859_1));
        objects.set(number - 1, whole.toByteArray());
        return number;
    }

    byte[] finish(int catalog, int info) {
        var file = new ByteArrayOutputStream();
        // The second line is for programs that ask whether a file is binary.
        file.writeBytes("%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n".getBytes(StandardCharsets.ISO_8859_1));
        int[] where = new int[objects.size()];
        for (int i = 0; i < where.length; i++) {
            where[i] = file.size();
            file.writeBytes(((i + 1) + " 0 obj\n").getBytes(StandardCharsets.ISO_8859_1));
            file.writeBytes(objects.get(i));
            file.writeBytes("\nendobj\n".getBytes(StandardCharsets.ISO_8859_1));
        }
        // The same order gives the same file, to the byte.
        String id = UUID.nameUUIDFromBytes(file.toByteArray()).toString().replace("-", "");
        var end = new StringBuilder();
        end.append("xref\n0 ").append(where.length + 1).append("\n0000000000 65535 f \n");
        for (int offset : where) {
            end.append(String.format(Locale.ROOT, "%010d 00000 n \n", offset));
        }
        end.append("trailer\n<</Size ").append(where.length + 1);
        end.append(" /Root ").append(catalog).append(" 0 R /Info ").append(info).append(" 0 R");
        end.append(" /ID [<").append(id).append("> <").append(id).append(">]>>\n");
        end.append("startxref\n").append(file.size()).append("\n%%EOF\n");
        file.writeBytes(end.toString().getBytes(StandardCharsets.ISO_8859_1));
        return file.toByteArray();
    }

    /** A text for people, in whichever script. */
    static String text(String text) {
        return "<FEFF" + HexFormat.of().withUpperCase().formatHex(text.getBytes(StandardCharsets.UTF_16BE)) + ">";
    }

    /** Hundredths of a point as PDF writes points. */
    static String points(int hundredths) {
        String digits = String.format(Locale.ROOT, "%03d", Math.abs(hundredths));
        int point = digits.length() - 2;
        return (hundredths < 0 ? "-" : "") + digits.substring(0, point) + "." + digits.substring(point);
    }
}
