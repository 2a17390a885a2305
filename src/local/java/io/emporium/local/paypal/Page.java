package io.emporium.local.paypal;

/** The page where a buyer of local mode approves or goes back by a click. */
final class Page {
    private Page() {}

    /** The question, or, where there is nothing to decide any more, what became of it. */
    static String of(Order order) {
        String inner = order.status().equals(Order.COMPLETED)
                ? "<p>This order is <strong>paid</strong>. You may close this page.</p>"
                : (order.waitsForTheBuyer() ? "" : "<p>You have approved it. The shop takes the money now.</p>")
                        + "<p>Do you pay <strong>" + order.amount().value().toPlainString() + " "
                        + order.amount().currency() + "</strong>?</p><form method=\"post\">"
                        + "<p><label>With <select name=\"funding\"><option value=\"good\">my balance</option>"
                        + "<option value=\"declined\">a card that is declined</option>"
                        + "<option value=\"pending\">an eCheck that takes a while</option>"
                        + "<option value=\"denied\">something that is denied</option></select></label></p>"
                        + "<button name=\"outcome\" value=\"approve\">Pay</button> "
                        + "<button name=\"outcome\" value=\"cancel\">Cancel and return to the shop</button></form>";
        return "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width\"><title>PayPal (fake)</title>"
                + "<style>body{font:1.1em system-ui;margin:12vh auto;max-width:28rem;padding:0 1rem}"
                + "button,select{font:inherit;padding:.5rem 1.2rem;cursor:pointer}</style></head><body>"
                + "<h1>Fake PayPal</h1>" + inner + "<p><small>" + order.id()
                + " · local mode, no money moves</small></p></body></html>";
    }

    /** Where the buyer goes afterwards, as PayPal sends them back; null where the merchant named no page. */
    static String back(Order order, boolean approved) {
        String url = approved ? order.returnUrl() : order.cancelUrl();
        if (url == null) {
            return null;
        }
        return url + (url.indexOf('?') < 0 ? '?' : '&') + "token=" + order.id()
                + (approved ? "&PayerID=LOCALBUYER001" : "");
    }
}
