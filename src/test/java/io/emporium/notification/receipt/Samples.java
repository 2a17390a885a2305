package io.emporium.notification.receipt;

import io.emporium.notification.receipt.Receipt.Line;
import io.emporium.notification.receipt.Receipt.Movement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Receipts for tests; as a program, one in every script, to see what making it loads. */
final class Samples {
    static final String GREEK = "Καλημέρα κόσμε";
    static final String CYRILLIC = "Настольная лампа";
    static final String CHINESE = "台灯（可调光）护眼学习灯";
    static final String JAPANESE = "日本語のランプ";
    static final String ARABIC = "مصباح مكتب";
    static final String HEBREW = "מנורת שולחן";
    static final String KOREAN = "책상 조명, 밝기 조절 가능";
    static final String THAI = "โคมไฟตั้งโต๊ะ สีน้ำตาล ปรับแสงได้";
    static final String HINDI = "मेज़ का दीपक, स्ट्रॉबेरी रंग, कार्य के लिए";
    static final String ACCENTS = "Đèn bàn Żółć ğüşöç €";

    private Samples() {}

    static Receipt of(List<String> names, List<String> address) {
        List<Line> lines = names.stream()
                .map(name -> new Line(Text.clean(name, 300), "SKU-1", "1", "USD 10.00", "USD 10.00"))
                .toList();
        return new Receipt(
                "ORD-2026-0001",
                "15 January 2026",
                "16 January 2026",
                Instant.parse("2026-01-16T10:00:00Z"),
                List.of("Emporium", "1 Market Street", "London W1A 1AA"),
                address.stream().map(part -> Text.clean(part, 300)).toList(),
                lines,
                "USD 2,649.98",
                "USD 2,649.98",
                "USD -100.00",
                "USD 2,549.98",
                List.of(
                        new Movement("16 January 2026", "Payment", "Credit card", "pay_0b9e2f6c", "USD 2,649.98"),
                        new Movement("17 January 2026", "Refund", "Credit card", "ref_1c9e2f6c", "USD -100.00")));
    }

    static Receipt ofEveryScript() {
        return of(
                List.of(GREEK, CYRILLIC, CHINESE, JAPANESE, ARABIC, HEBREW, KOREAN, THAI, HINDI, ACCENTS),
                List.of(
                        "Γιώργος Παπαδόπουλος",
                        "محمد عبد الله",
                        "김민수, 서울특별시 종로구",
                        "นางสาวปิ่นแก้ว น้ำผึ้ง",
                        "नेपाली श्रीमती ज्योति द्विवेदी",
                        "1 Main St",
                        "Springfield, IL 62701",
                        "USA"));
    }

    static Receipt ofLines(int howMany) {
        return of(
                new ArrayList<>(IntStream.rangeClosed(1, howMany)
                        .mapToObj(i -> "Thing number " + i)
                        .toList()),
                List.of("Jane Doe", "1 Main St", "Springfield, IL 62701", "USA"));
    }

    public static void main(String[] arguments) {
        System.out.println("made " + ReceiptPdf.of(ofEveryScript()).length);
    }
}
