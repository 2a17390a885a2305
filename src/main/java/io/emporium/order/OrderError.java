package io.emporium.order;

import io.emporium.shared.Money;
import io.emporium.shared.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every way the orders say no. */
final class OrderError {
    private OrderError() {}

    static Refusal notFound() {
        return Refusal.notFound("Order");
    }

    static Refusal onlyAdminsCancel() {
        return new Refusal(Refusal.Code.FORBIDDEN, "Only an admin cancels an order that is not their own");
    }

    static Refusal addressNotFound() {
        return Refusal.notFound("Address");
    }

    static Refusal cartEmpty() {
        return new Refusal(Refusal.Code.CART_EMPTY, "The cart is empty");
    }

    static Refusal paymentMethodNotOffered(List<PaymentMethod> offered) {
        return new Refusal(
                Refusal.Code.INVALID_PAYMENT_METHOD, "Invalid payment method", Map.of("payment_methods", offered));
    }

    static Refusal priceChanged(Money expected, Money total) {
        return new Refusal(
                Refusal.Code.PRICE_CHANGED,
                "The total is no longer what was expected",
                Map.of("expected_total", expected, "total_amount", total));
    }

    static Refusal totalTooHigh(Money most) {
        return new Refusal(
                Refusal.Code.VALIDATION_ERROR,
                "An order's total is at most " + most,
                Map.of("fields", List.of(Map.of("field", "total_amount", "message", "at most " + most.amount()))));
    }

    static Refusal tooManyUnpaid(int most, Duration untilOneExpires) {
        return new Refusal(
                Refusal.Code.RATE_LIMITED,
                "Pay or cancel an order first: at most " + most + " may be unpaid",
                Map.of("unpaid_orders", most),
                untilOneExpires);
    }

    static Refusal unknownStatus() {
        return invalid("status", "one of " + oneOf(OrderStatus.values(), OrderStatus::code));
    }

    static Refusal unknownPaymentStatus() {
        return invalid("payment_status", "one of " + oneOf(PaymentStatus.values(), PaymentStatus::code));
    }

    static Refusal tooDeep(int most) {
        return invalid("page", "only the first " + most + " orders of a list can be paged: narrow it by a filter");
    }

    static Refusal invalid(String field, String message) {
        return new Refusal(
                Refusal.Code.VALIDATION_ERROR,
                "The request is not valid",
                Map.of("fields", List.of(Map.of("field", field, "message", message))));
    }

    private static <T> String oneOf(T[] values, Function<T, String> code) {
        return Stream.of(values).map(code).collect(Collectors.joining(", "));
    }

    static Refusal notThatWay(OrderStatus from, OrderStatus to) {
        return new Refusal(
                Refusal.Code.INVALID_STATUS_TRANSITION,
                "An order that is " + from.code() + " cannot become " + to.code(),
                Map.of("from", from.code(), "to", to.code()));
    }

    static Refusal held(OrderStatus from, OrderStatus to) {
        return new Refusal(
                Refusal.Code.INVALID_STATUS_TRANSITION,
                "The order is on hold: its review has to be approved first",
                Map.of("from", from.code(), "to", to.code(), "held", true));
    }

    static Refusal notHoldable(OrderStatus status) {
        return new Refusal(
                Refusal.Code.INVALID_STATUS_TRANSITION,
                "An order that is " + status.code() + " cannot be held",
                Map.of("status", status.code()));
    }
}
