package io.emporium.notification.receipt;

import static io.emporium.notification.receipt.Pages.BLACK;
import static io.emporium.notification.receipt.Pages.GREEN;
import static io.emporium.notification.receipt.Pages.GREY;
import static io.emporium.notification.receipt.Pages.LINE;

import io.emporium.notification.receipt.Receipt.Movement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lays a receipt out on A4: as many pages as it takes, each with the table's header and its number. */
final class ReceiptPdf {
    private static final int LEFT = 56_00;
    private static final int RIGHT = Pages.WIDTH - 56_00;
    private static final int TOP = 56_00;
    private static final int BOTTOM = Pages.HEIGHT - 72_00;
    private static final int TEXT = 10;
    private static final int SMALL = 8;
    private static final int LEADING = 14_00;
    private static final int SMALL_LEADING = 11_00;
    private static final int QUANTITY = RIGHT - 170_00;
    private static final int PRICE = RIGHT - 88_00;
    private static final int NAME_WIDTH = QUANTITY - 44_00 - LEFT;

    private final Receipt receipt;
    private final Pages pages = new Pages();
    private int y = TOP;

    private ReceiptPdf(Receipt receipt) {
        this.receipt = receipt;
    }

    static byte[] of(Receipt receipt) {
        return new ReceiptPdf(receipt).write();
    }

    private byte[] write() {
        String title = "Receipt for order " + receipt.orderNumber();
        pages.add();
        Tag document = pages.document();
        pages.line(document.add("P"), receipt.seller().getFirst(), true, 20, GREEN, LEFT, y);
        Tag heading = document.add("H1");
        pages.lineEndingAt(heading, "Receipt", false, 20, BLACK, RIGHT, y);
        y += 30_00;
        pages.rule(GREEN, 2_00, LEFT, RIGHT, y);
        y += 20_00;
        facts(document);
        addresses(document);
        lines(document);
        totals(document);
        movements(document);
        y += 12_00;
        room(LEADING);
        pages.line(document.add("P"), "Thank you for your order. All times are UTC.", false, SMALL, GREY, LEFT, y);
        footers();
        return pages.write(title, receipt.paidAt());
    }

    private void facts(Tag document) {
        int column = (RIGHT - LEFT) / 3;
        String[][] facts = {
            {"Receipt and order number", receipt.orderNumber()},
            {"Ordered on", receipt.placedOn()},
            {"Paid on", receipt.paidOn()}
        };
        int longest = 0;
        for (int i = 0; i < facts.length; i++) {
            Tag fact = document.add("P");
            pages.line(fact, facts[i][0], false, SMALL, GREY, LEFT + i * column, y);
            longest = Math.max(
                    longest, paragraph(fact, facts[i][1], true, LEFT + i * column, y + SMALL_LEADING, column - 12_00));
        }
        y += SMALL_LEADING + longest + 14_00;
    }

    private int paragraph(Tag tag, String text, boolean bold, int left, int top, int width) {
        int height = 0;
        for (String line : Text.wrap(pages.fonts(), text, bold, TEXT, width)) {
            pages.line(tag, line, bold, TEXT, BLACK, left, top + height);
            height += LEADING;
        }
        return height;
    }

    private void addresses(Tag document) {
        int half = (RIGHT - LEFT) / 2;
        int one = address(document, "Sold by", receipt.seller(), LEFT, half - 20_00);
        int other = address(document, "Shipped to", receipt.shippedTo(), LEFT + half, half);
        y += Math.max(one, other) + 22_00;
    }

    private int address(Tag document, String heading, List<String> address, int left, int width) {
        pages.line(document.add("H2"), heading, true, TEXT, BLACK, left, y);
        Tag body = document.add("P");
        int height = LEADING;
        for (String part : address) {
            height += paragraph(body, part, false, left, y + height, width);
        }
        return height;
    }

    private static Tag headerCell(Tag header) {
        return header.add("TH", "/A <</O /Table /Scope /Column>>");
    }

    private void lines(Tag document) {
        pages.line(document.add("H2"), "Items", true, 12, BLACK, LEFT, y);
        y += 20_00;
        Tag table = document.add("Table");
        Tag header = table.add("TR");
        itemsHeader(headerCell(header), headerCell(header), headerCell(header), headerCell(header));
        for (Receipt.Line line : receipt.lines()) {
            List<String> name = Text.wrap(pages.fonts(), line.name(), false, TEXT, NAME_WIDTH);
            List<String> sku = Text.wrap(pages.fonts(), line.sku(), false, SMALL, NAME_WIDTH);
            int height = name.size() * LEADING + sku.size() * SMALL_LEADING + 10_00;
            if (y + height > BOTTOM) {
                breakPage();
                itemsHeader(null, null, null, null);
            }
            Tag row = table.add("TR");
            Tag item = row.add("TD");
            int at = y + 5_00;
            for (String part : name) {
                pages.line(item, part, false, TEXT, BLACK, LEFT, at);
                at += LEADING;
            }
            for (String part : sku) {
                pages.line(item, part, false, SMALL, GREY, LEFT, at);
                at += SMALL_LEADING;
            }
            pages.lineEndingAt(row.add("TD"), line.quantity(), false, TEXT, BLACK, QUANTITY, y + 5_00);
            pages.lineEndingAt(row.add("TD"), line.price(), false, TEXT, BLACK, PRICE, y + 5_00);
            pages.lineEndingAt(row.add("TD"), line.subtotal(), false, TEXT, BLACK, RIGHT, y + 5_00);
            y += height;
            pages.rule(LINE, 50, LEFT, RIGHT, y);
        }
    }

    private void itemsHeader(@Nullable Tag item, @Nullable Tag quantity, @Nullable Tag price, @Nullable Tag amount) {
        pages.line(item, "Item", true, SMALL, GREY, LEFT, y);
        pages.lineEndingAt(quantity, "Quantity", true, SMALL, GREY, QUANTITY, y);
        pages.lineEndingAt(price, "Price", true, SMALL, GREY, PRICE, y);
        pages.lineEndingAt(amount, "Amount", true, SMALL, GREY, RIGHT, y);
        y += SMALL_LEADING + 3_00;
        pages.rule(BLACK, 75, LEFT, RIGHT, y);
    }

    private void totals(Tag document) {
        List<String[]> sums = new ArrayList<>();
        sums.add(new String[] {"Total", receipt.total()});
        sums.add(new String[] {"Paid", receipt.paid()});
        if (receipt.refunded() != null) {
            sums.add(new String[] {"Refunded", receipt.refunded()});
            sums.add(new String[] {"Paid less refunds", receipt.kept()});
        }
        y += 10_00;
        room(sums.size() * 17_00);
        Tag table = document.add("Table");
        for (String[] sum : sums) {
            boolean bold = sum == sums.getFirst() || sum == sums.getLast();
            Tag row = table.add("TR");
            Tag name = row.add("TH", "/A <</O /Table /Scope /Row>>");
            pages.lineEndingAt(name, sum[0], bold, TEXT, BLACK, PRICE - 10_00, y);
            pages.lineEndingAt(row.add("TD"), sum[1], bold, TEXT, BLACK, RIGHT, y);
            y += 17_00;
        }
        y += 16_00;
    }

    private void movements(Tag document) {
        room(20_00 + 2 * LEADING + 20_00);
        pages.line(document.add("H2"), "Payments and refunds", true, 12, BLACK, LEFT, y);
        y += 20_00;
        Tag table = document.add("Table");
        Tag header = table.add("TR");
        movementsHeader(
                headerCell(header), headerCell(header), headerCell(header), headerCell(header), headerCell(header));
        for (Movement movement : receipt.movements()) {
            List<String> reference = Text.wrap(pages.fonts(), movement.reference(), false, SMALL, 170_00);
            int height = Math.max(LEADING, reference.size() * SMALL_LEADING) + 8_00;
            if (y + height > BOTTOM) {
                breakPage();
                movementsHeader(null, null, null, null, null);
            }
            Tag row = table.add("TR");
            int at = y + 5_00;
            pages.line(row.add("TD"), movement.day(), false, TEXT, BLACK, LEFT, at);
            pages.line(row.add("TD"), movement.what(), false, TEXT, BLACK, LEFT + 92_00, at);
            pages.line(row.add("TD"), movement.method(), false, TEXT, BLACK, LEFT + 148_00, at);
            Tag cell = row.add("TD");
            for (String part : reference) {
                pages.line(cell, part, false, SMALL, GREY, LEFT + 226_00, at + 1_00);
                at += SMALL_LEADING;
            }
            pages.lineEndingAt(row.add("TD"), movement.amount(), false, TEXT, BLACK, RIGHT, y + 5_00);
            y += height;
            pages.rule(LINE, 50, LEFT, RIGHT, y);
        }
    }

    private void movementsHeader(@Nullable Tag... cells) {
        pages.line(cells[0], "Date", true, SMALL, GREY, LEFT, y);
        pages.line(cells[1], "What", true, SMALL, GREY, LEFT + 92_00, y);
        pages.line(cells[2], "How", true, SMALL, GREY, LEFT + 148_00, y);
        pages.line(cells[3], "Reference", true, SMALL, GREY, LEFT + 226_00, y);
        pages.lineEndingAt(cells[4], "Amount", true, SMALL, GREY, RIGHT, y);
        y += SMALL_LEADING + 3_00;
        pages.rule(BLACK, 75, LEFT, RIGHT, y);
    }

    private void room(int height) {
        if (y + height > BOTTOM) {
            breakPage();
        }
    }

    private void breakPage() {
        pages.add();
        y = TOP;
    }

    private void footers() {
        for (int page = 0; page < pages.count(); page++) {
            String number = "Page " + (page + 1) + " of " + pages.count();
            int width = Text.width(Text.shape(pages.fonts(), number, false), SMALL);
            int top = Pages.HEIGHT - 50_00;
            pages.line(null, "Receipt " + receipt.orderNumber(), false, SMALL, GREY, LEFT, top, page);
            pages.line(null, number, false, SMALL, GREY, RIGHT - width, top, page);
        }
    }
}
