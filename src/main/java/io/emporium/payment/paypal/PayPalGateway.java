package io.emporium.payment.paypal;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emporium.order.PaymentMethod;
import io.emporium.payment.gateway.Charge;
import io.emporium.payment.gateway.Door;
import io.emporium.payment.gateway.Gateway;
import io.emporium.payment.gateway.GatewayOutcome;
import io.emporium.payment.gateway.GatewayOutcome.ActionRequired;
import io.emporium.payment.gateway.GatewayOutcome.Approved;
import io.emporium.payment.gateway.GatewayOutcome.Awaited;
import io.emporium.payment.gateway.GatewayOutcome.Captured;
import io.emporium.payment.gateway.GatewayOutcome.Declined;
import io.emporium.payment.gateway.GatewayOutcome.Pending;
import io.emporium.payment.gateway.GatewayOutcome.Unknown;
import io.emporium.payment.gateway.RefundOutcome;
import io.emporium.payment.gateway.Reversal;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.instrumentation.annotations.WithSpan;
import io.quarkus.logging.Log;
import jakarta.inject.Singleton;

/**
 * Payments at PayPal: one order an attempt, which the buyer approves there and we capture. Money moves by our capture
 * only, and a capture is asked for only once the order's id is noted and the payment is processing; so an attempt
 * without an id, or one that waits for its buyer, has taken nothing.
 */
@Singleton
class PayPalGateway implements Gateway {
    private static final String ORDERS = "/v2/checkout/orders";

    private final PayPalCalls paypal;
    private final PayPalRefunds refunds;
    private final PayPalSettings settings;
    private final ObjectMapper json;

    PayPalGateway(PayPalCalls paypal, PayPalRefunds refunds, PayPalSettings settings, ObjectMapper json) {
        this.paypal = paypal;
        this.refunds = refunds;
        this.settings = settings;
        this.json = json;
    }

    @Override
    public PaymentMethod method() {
        return PaymentMethod.PAYPAL;
    }

    @Override
    public Door door() {
        return paypal.door();
    }

    /**
     * Makes the order. PayPal keeps the charge's reference for six hours; later it would make another order, which
     * nobody could approve, for its link went to nobody.
     */
    @Override
    @WithSpan(value = "PayPal: charge", kind = SpanKind.CLIENT)
    public GatewayOutcome charge(Charge charge) {
        try {
            PayPalAnswer answer =
                    paypal.post(ORDERS, charge.reference(), order(charge).toString());
            if (answer.isDone()) {
                return PayPalOrder.of(answer);
            }
            if (answer.isRefused()) {
                // Of these only the amount's bounds can be a customer's doing; the rest is a fault of ours to be seen.
                Log.errorf("PayPal refused to begin %s: %s", charge.reference(), answer.describe());
                return PayPalOrder.refused(null, answer);
            }
            return new Unknown(answer.describe());
        } catch (Unanswered | RuntimeException unanswered) {
            return unknown(unanswered);
        }
    }

    /** @param order PayPal's id of it */
    @Override
    @WithSpan(value = "PayPal: find", kind = SpanKind.CLIENT)
    public GatewayOutcome find(String order) {
        try {
            PayPalAnswer answer = paypal.get(ORDERS + "/" + order);
            if (answer.isNotThere()) {
                return PayPalOrder.calledOff(order);
            }
            return answer.isDone() ? PayPalOrder.of(answer) : new Unknown(answer.describe());
        } catch (Unanswered | RuntimeException unanswered) {
            return unknown(unanswered);
        }
    }

    /** PayPal keeps the capture's request id for six hours, and after that says that the order is captured already. */
    @Override
    @WithSpan(value = "PayPal: capture", kind = SpanKind.CLIENT)
    public GatewayOutcome capture(String order) {
        try {
            PayPalAnswer answer = paypal.post(ORDERS + "/" + order + "/capture", "capture_" + order, "{}");
            if (answer.isDone()) {
                return PayPalOrder.of(answer);
            }
            if (answer.isRefused()) {
                return notCaptured(order, answer);
            }
            return answer.isNotThere() ? PayPalOrder.calledOff(order) : new Unknown(answer.describe());
        } catch (Unanswered | RuntimeException unanswered) {
            return unknown(unanswered);
        }
    }

    /**
     * This call has captured nothing; another may have, for the buyer's return and the webhook come at the same time. Where
     * neither the order nor the refusal says what has become of it, it is asked again, until PayPal forgets the order.
     */
    private GatewayOutcome notCaptured(String order, PayPalAnswer refused) {
        GatewayOutcome found = find(order);
        return switch (found) {
            case Captured _, Pending _, Unknown _ -> found;
            case Declined _, ActionRequired _, Approved _, Awaited _
            when PayPalOrder.isDecline(refused) -> PayPalOrder.refused(order, refused);
            case Declined _, ActionRequired _, Awaited _ -> found;
            case Approved _ -> new Unknown("not captured, and still approved: " + refused.describe());
        };
    }

    /** There is nothing to take back: what we do not capture is never paid. */
    @Override
    public GatewayOutcome cancel(String order) {
        GatewayOutcome found = find(order);
        return found instanceof Approved || found instanceof ActionRequired ? PayPalOrder.calledOff(order) : found;
    }

    /** Nobody is asked: without its order's id nothing was captured. */
    @Override
    public GatewayOutcome search(Charge charge) {
        return PayPalOrder.calledOff(null);
    }

    @Override
    @WithSpan(value = "PayPal: refund", kind = SpanKind.CLIENT)
    public RefundOutcome refund(Reversal reversal) {
        return refunds.refund(reversal);
    }

    @Override
    @WithSpan(value = "PayPal: findRefund", kind = SpanKind.CLIENT)
    public RefundOutcome findRefund(String refund) {
        return refunds.find(refund);
    }

    @Override
    public RefundOutcome findOrRefund(Reversal reversal) {
        return refunds.findOrRefund(reversal);
    }

    private static Unknown unknown(Exception unanswered) {
        return new Unknown(String.valueOf(unanswered.getMessage()));
    }

    private ObjectNode order(Charge charge) {
        ObjectNode order = json.createObjectNode().put("intent", "CAPTURE");
        ObjectNode unit = order.putArray("purchase_units").addObject();
        unit.put("custom_id", charge.reference());
        // The order's number would be used again by the next attempt, which PayPal may refuse.
        unit.put("invoice_id", charge.reference());
        unit.put("description", "Order " + charge.orderNumber());
        PayPalAmounts.put(unit, charge.amount());
        ObjectNode context =
                order.putObject("payment_source").putObject("paypal").putObject("experience_context");
        context.put("user_action", "PAY_NOW");
        context.put("shipping_preference", "NO_SHIPPING");
        context.put("payment_method_preference", "IMMEDIATE_PAYMENT_REQUIRED");
        settings.returnUrl().ifPresent(url -> context.put("return_url", url));
        settings.cancelUrl().ifPresent(url -> context.put("cancel_url", url));
        return order;
    }
}
