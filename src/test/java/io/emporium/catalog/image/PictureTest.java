package io.emporium.catalog.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.emporium.shared.Refusal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Headers, honest and hostile. */
class PictureTest {
    @Test
    void it_reads_what_an_image_library_wrote() {
        assertThat(Picture.of(Pictures.jpeg(321, 123))).isEqualTo(new Picture(PictureType.JPEG, 321, 123));
        assertThat(Picture.of(Pictures.png(321, 123))).isEqualTo(new Picture(PictureType.PNG, 321, 123));
        assertThat(Picture.of(Pictures.webp(321, 123))).isEqualTo(new Picture(PictureType.WEBP, 321, 123));
        assertThat(Picture.of(lossy(321, 123))).isEqualTo(new Picture(PictureType.WEBP, 321, 123));
        assertThat(Picture.of(canvas(321, 123, 0, Pictures.webp(321, 123))))
                .isEqualTo(new Picture(PictureType.WEBP, 321, 123));
    }

    @Test
    void a_canvas_does_not_hide_a_larger_frame_nor_an_animation() {
        refused(canvas(10, 10, 0, Pictures.webp(9_000, 5_000)));
        refused(canvas(10, 10, 0x02, Pictures.webp(10, 10)));
    }

    @Test
    void a_second_frame_is_refused_which_a_decoder_would_decode_as_well() {
        byte[] one = canvas(10, 10, 0, Pictures.webp(10, 10));
        byte[] more = Pictures.webp(10, 10);
        byte[] both = Arrays.copyOf(one, one.length + more.length - 12);
        System.arraycopy(more, 12, both, one.length, more.length - 12);

        assertThat(Picture.of(one).width()).isEqualTo(10);
        refused(both);
    }

    @Test
    void what_a_decoder_holds_as_a_whole_may_be_less_large() {
        assertThat(Picture.of(lossy(2_000, 2_000)).height()).isEqualTo(2_000);
        refused(lossy(3_000, 2_000));
        assertThat(Picture.of(Pictures.webp(5_000, 4_000)).width()).isEqualTo(5_000);
        refused(Pictures.webp(5_000, 4_001));

        byte[] jpeg = Pictures.jpeg(321, 123);
        int frame = frameOf(jpeg);
        ByteBuffer.wrap(jpeg).putShort(frame + 5, (short) 4_000).putShort(frame + 7, (short) 6_000);
        assertThat(Picture.of(jpeg).width()).isEqualTo(6_000);
        byte[] inTwoScans = Arrays.copyOf(jpeg, jpeg.length + 2);
        ByteBuffer.wrap(inTwoScans).putShort(jpeg.length, (short) 0xFFDA);
        refused(inTwoScans);
        jpeg[frame + 1] = (byte) 0xC2;
        refused(jpeg);
    }

    @Test
    void a_progressive_jpeg_is_one_and_a_lossless_one_is_none() {
        byte[] jpeg = Pictures.jpeg(321, 123);
        int frame = frameOf(jpeg);
        jpeg[frame + 1] = (byte) 0xC2;
        assertThat(Picture.of(jpeg).width()).isEqualTo(321);
        jpeg[frame + 1] = (byte) 0xC3;
        refused(jpeg);
    }

    @Test
    void whatever_is_cut_off_or_garbled_is_answered_or_refused_and_nothing_else() {
        Random random = new Random(42);
        for (byte[] file : List.of(
                Pictures.jpeg(60, 40),
                Pictures.png(60, 40),
                Pictures.webp(60, 40),
                lossy(60, 40),
                Pictures.heldOnItsSide(60, 40, "x"),
                canvas(60, 40, 0, Pictures.webp(60, 40)))) {
            for (int length = 0; length < Math.min(file.length, 1_000); length++) {
                look(Arrays.copyOf(file, length));
            }
            for (int i = 0; i < 5_000; i++) {
                byte[] garbled = file.clone();
                for (int j = 0; j < 3; j++) {
                    garbled[random.nextInt(Math.min(garbled.length, 200))] = (byte) random.nextInt();
                }
                look(garbled);
            }
        }
    }

    private static void look(byte[] file) {
        try {
            Picture picture = Picture.of(file);
            boolean whole = picture.isWhole(file);
            int orientation = Orientation.of(picture.type(), file);
            assertThat(orientation).as("whole: %s", whole).isBetween(1, 8);
        } catch (Refusal refused) {
            assertThat(refused.code().status()).isIn(400, 415);
        }
    }

    private static void refused(byte[] file) {
        assertThatExceptionOfType(Refusal.class).isThrownBy(() -> Picture.of(file));
    }

    /** Where the marker of a baseline frame stands. */
    private static int frameOf(byte[] jpeg) {
        int frame = 2;
        while (Picture.u8(jpeg, frame + 1) != 0xC0) {
            frame += 2 + Picture.u16(jpeg, frame + 2);
        }
        return frame;
    }

    /** A key frame's header. */
    private static byte[] lossy(int width, int height) {
        ByteBuffer file = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
        file.put(ascii("RIFF")).putInt(32).put(ascii("WEBPVP8 ")).putInt(20);
        file.put(new byte[] {0, 0, 0, (byte) 0x9D, 1, 0x2A})
                .putShort((short) width)
                .putShort((short) height);
        return file.array();
    }

    private static byte[] canvas(int width, int height, int flags, byte[] webp) {
        ByteBuffer file = ByteBuffer.allocate(webp.length + 18).order(ByteOrder.LITTLE_ENDIAN);
        file.put(ascii("RIFF")).putInt(webp.length + 10).put(ascii("WEBPVP8X")).putInt(10);
        file.put(new byte[] {(byte) flags, 0, 0, 0});
        for (int side : new int[] {width - 1, height - 1}) {
            file.put((byte) side).put((byte) (side >> 8)).put((byte) (side >> 16));
        }
        file.put(webp, 12, webp.length - 12);
        return file.array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
