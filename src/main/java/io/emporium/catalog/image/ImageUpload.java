package io.emporium.catalog.image;

import io.emporium.shared.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The part {@code image} of a multipart body. Read here and in memory: the framework's reader would write what is sent to
 * files before anybody has looked how much it is, and a body sent in chunks has no length to look at.
 */
final class ImageUpload {
    static final int MOST_BYTES = 5 * 1024 * 1024;

    private static final byte[] BLANK_LINE = {'\r', '\n', '\r', '\n'};
    private static final Pattern BOUNDARY =
            Pattern.compile("(?i);\\s*boundary=(?:\"([^\"]{1,70})\"|([^\\s;\"]{1,70}))");
    private static final Pattern NAME = Pattern.compile(
            "(?im)^content-disposition:\\s*form-data\\s*;(?:[^\\r\\n]*;)?\\s*name=\"?image\"?\\s*(?:;|\\r|$)");

    /** The form, for the API's description. */
    @Schema(name = "ImageUploadForm")
    record Form(
            @Schema(type = SchemaType.STRING, format = "binary", description = "JPEG, PNG or WebP, at most 5 MB")
            String image) {}

    private ImageUpload() {}

    /**
     * @param contentType the request's header
     * @throws Refusal UNSUPPORTED_MEDIA_TYPE, MALFORMED_REQUEST, VALIDATION_ERROR, PAYLOAD_TOO_LARGE
     */
    static byte[] read(@Nullable String contentType, InputStream body) throws IOException {
        if (contentType == null || !contentType.toLowerCase(Locale.ROOT).startsWith("multipart/form-data")) {
            throw ImageError.notAForm();
        }
        Matcher boundary = BOUNDARY.matcher(contentType);
        if (!boundary.find()) {
            throw ImageError.unreadableForm();
        }
        String name = boundary.group(1) == null ? boundary.group(2) : boundary.group(1);
        // As long as web.BodyLimit lets it be.
        byte[] file = part(("\r\n--" + name).getBytes(StandardCharsets.ISO_8859_1), body.readAllBytes());
        if (file.length == 0) {
            throw ImageError.missing();
        }
        if (file.length > MOST_BYTES) {
            throw ImageError.tooLarge();
        }
        return file;
    }

    private static byte[] part(byte[] delimiter, byte[] body) {
        // The first one needs no line before it.
        boolean beginsAtOnce = startsWith(body, 0, Arrays.copyOfRange(delimiter, 2, delimiter.length));
        int at = beginsAtOnce ? delimiter.length - 2 : behind(body, 0, delimiter);
        while (!startsWith(body, at, new byte[] {'-', '-'})) {
            int content = behind(body, at, BLANK_LINE);
            int next = behind(body, content - 2, delimiter);
            String headers = new String(body, at, content - at, StandardCharsets.ISO_8859_1);
            if (NAME.matcher(headers).find()) {
                return Arrays.copyOfRange(body, content, Math.max(content, next - delimiter.length));
            }
            at = next;
        }
        throw ImageError.missing();
    }

    /** The place behind the next of them. */
    private static int behind(byte[] body, int from, byte[] sought) {
        for (int at = from; at + sought.length <= body.length; at++) {
            if (startsWith(body, at, sought)) {
                return at + sought.length;
            }
        }
        throw ImageError.unreadableForm();
    }

    private static boolean startsWith(byte[] body, int at, byte[] sought) {
        return at + sought.length <= body.length
                && Arrays.equals(body, at, at + sought.length, sought, 0, sought.length);
    }
}
