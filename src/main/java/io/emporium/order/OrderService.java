package io.emporium.order;

import io.emporium.cart.Cart;
import io.emporium.cart.CartItem;
import io.emporium.cart.CartService;
import io.emporium.identity.Address;
import io.emporium.identity.User;
import io.emporium.inventory.Stock;
import io.emporium.inventory.StockError;
import io.emporium.inventory.StockLine;
import io.emporium.outbox.Outbox;
import io.emporium.shared.Money;
import io.emporium.web.AuditLog;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Checkout and what becomes of an order (low-level-design 5.4). */
@ApplicationScoped
public class OrderService {
    private final EntityManager database;
    private final CartService carts;
    private final Stock stock;
    private final Orders orders;
    private final Outbox outbox;
    private final AuditLog audit;
    private final OrderSettings settings;
    private final Clock clock;

    OrderService(
            EntityManager database,
            CartService carts,
            Stock stock,
            Orders orders,
            Outbox outbox,
            AuditLog audit,
            OrderSettings settings,
            Clock clock) {
        this.database = database;
        this.carts = carts;
        this.stock = stock;
        this.orders = orders;
        this.outbox = outbox;
        this.audit = audit;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Turns the customer's cart into an order, or changes nothing: takes the goods, writes down name, sku, price and
     * address as they are now, empties the cart. The cart's row is locked first, so of two checkouts at once the second
     * finds it empty. The goods are taken last: whoever wants the same waits for no more than the commit.
     *
     * @throws io.emporium.shared.Refusal CART_EMPTY, INSUFFICIENT_STOCK, PRICE_CHANGED, INVALID_PAYMENT_METHOD,
     *     RESOURCE_NOT_FOUND for an address that is not the customer's, RATE_LIMITED with five orders unpaid
     */
    @Transactional
    public OrderView createOrder(long userId, CheckoutRequest checkout) {
        PaymentMethod method = PaymentMethod.of(checkout.paymentMethod())
                .filter(settings.paymentMethods()::contains)
                .orElseThrow(() -> OrderError.paymentMethodNotOffered(settings.paymentMethods()));
        Cart cart = carts.lockForCheckout(userId);
        List<CartItem> lines = cart.items();
        if (lines.isEmpty()) {
            throw OrderError.cartEmpty();
        }
        Instant now = clock.instant();
        refuseTooManyUnpaid(userId, now);
        Address address =
                Address.holdOwn(checkout.shippingAddressId(), userId).orElseThrow(OrderError::addressNotFound);
        Money total = carts.calculateTotal(lines);
        refuseUnexpected(total, checkout);
        refuseShort(lines);

        User customer = User.findById(userId);
        Order order = place(customer, address, method, total, now);
        lines.forEach(line -> copy(line, order));
        order.items.forEach(item -> item.persist());
        carts.empty(cart);
        StatusChange placed = StatusChange.record(order, null, null, userId, now);
        outbox.append(new OrderEvent.OrderPlaced(
                UUID.randomUUID(), order.orderId(), userId, order.orderNumber(), total, now));
        // What Hibernate still holds back is written before, too.
        database.flush();
        stock.reserve(
                order.orderId(),
                lines.stream()
                        .map(line -> new StockLine(line.product().productId(), line.quantity()))
                        .toList());
        return OrderView.of(order, null, List.of(placed));
    }

    /** The customer's orders, newest first. */
    public OrderList getOrders(long userId, int page, int limit) {
        return OrderList.of(Order.pageOf(userId, page, limit));
    }

    /** @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, for another customer's order too */
    public OrderView getOrderById(long userId, long orderId) {
        return OrderView.of(orders.getOwn(orderId, userId));
    }

    /** @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND */
    @Transactional
    AdminOrderView getForAdmin(long orderId) {
        Order order = orders.get(orderId);
        List<StatusChange> history = StatusChange.ofOrder(orderId);
        List<AdminOrderView.Step> steps = history.stream()
                .map(change -> new AdminOrderView.Step(
                        change.from, change.to, change.reason, actor(change.actorId), change.at))
                .toList();
        var view = OrderView.of(order, Shipment.ofOrder(orderId).orElse(null), history);
        return AdminOrderView.of(view, order.isHeld(), User.findById(order.userId()), steps);
    }

    private static AdminOrderView.@Nullable Actor actor(@Nullable Long userId) {
        User actor = userId == null ? null : User.findById(userId);
        return actor == null ? null : AdminOrderView.Actor.of(actor);
    }

    /**
     * Cancels the customer's order until it is shipped; what was paid is refunded by the payment module.
     *
     * @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, INVALID_STATUS_TRANSITION
     */
    @Transactional
    public OrderView cancelOrder(long userId, long orderId) {
        Order order = orders.lockOwn(orderId, userId);
        orders.cancel(order, "customer", userId);
        return OrderView.of(order);
    }

    /**
     * Moves an order by hand.
     *
     * @param mayCancel whether they may cancel it: what was paid goes back
     * @param code the status it shall have; confirmed is refused, only a payment makes it so
     * @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, VALIDATION_ERROR, FORBIDDEN, INVALID_STATUS_TRANSITION
     */
    @Transactional
    public OrderView updateStatus(long actorId, boolean mayCancel, long orderId, String code) {
        OrderStatus to = OrderStatus.of(code).orElseThrow(OrderError::unknownStatus);
        Order order = orders.lock(orderId);
        OrderStatus from = order.status();
        switch (to) {
            case CANCELLED -> {
                if (!mayCancel) {
                    throw OrderError.onlyAdminsCancel();
                }
                orders.cancel(order, "admin", actorId);
            }
            case PROCESSING, DELIVERED -> move(order, to, actorId);
            case SHIPPED -> shipped(order, actorId, null, null, null);
            case PENDING, CONFIRMED -> throw OrderError.notThatWay(from, to);
        }
        audit.record("order.moved", "order", orderId, Map.of("status", from), Map.of("status", to));
        return OrderView.of(order);
    }

    /**
     * Hands an order's parcel to a carrier.
     *
     * @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, INVALID_STATUS_TRANSITION unless it is being processed,
     *     VALIDATION_ERROR for an estimate that is over
     */
    @Transactional
    public OrderView ship(long actorId, long orderId, ShipmentRequest request) {
        Order order = orders.lock(orderId);
        refusePast(request.estimatedDelivery());
        OrderStatus from = order.status();
        shipped(order, actorId, request.carrier(), request.trackingNumber(), request.estimatedDelivery());
        var shipment = new Shipment();
        shipment.orderId = orderId;
        shipment.carrier = request.carrier();
        shipment.trackingNumber = request.trackingNumber();
        shipment.estimatedDelivery = request.estimatedDelivery();
        shipment.shippedAt = order.updatedAt();
        shipment.persist();
        audit.record(
                "order.shipped",
                "order",
                orderId,
                Map.of("status", from),
                Map.of("status", order.status(), "shipment", OrderView.Parcel.of(shipment)));
        return OrderView.of(order);
    }

    private void refusePast(@Nullable LocalDate estimate) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        if (estimate != null && (estimate.isBefore(today) || estimate.getYear() > Period.LAST_YEAR)) {
            throw OrderError.invalid("estimated_delivery", "must be today or later");
        }
    }

    private void shipped(
            Order order,
            long actorId,
            @Nullable String carrier,
            @Nullable String trackingNumber,
            @Nullable LocalDate estimate) {
        Instant now = clock.instant();
        OrderStatus from = order.moveTo(OrderStatus.SHIPPED, now);
        StatusChange.record(order, from, null, actorId, now);
        outbox.append(new OrderEvent.OrderShipped(
                UUID.randomUUID(),
                order.orderId(),
                order.userId(),
                order.orderNumber(),
                carrier,
                trackingNumber,
                estimate,
                now));
    }

    private void move(Order order, OrderStatus to, long actorId) {
        Instant now = clock.instant();
        OrderStatus from = order.moveTo(to, now);
        StatusChange.record(order, from, null, actorId, now);
        UUID id = UUID.randomUUID();
        outbox.append(
                to == OrderStatus.DELIVERED
                        ? new OrderEvent.OrderDelivered(id, order.orderId(), order.userId(), order.orderNumber(), now)
                        : new OrderEvent.OrderInPreparation(
                                id, order.orderId(), order.userId(), order.orderNumber(), now));
    }

    private void refuseTooManyUnpaid(long userId, Instant now) {
        List<Instant> deadlines = Order.unpaidDeadlines(userId);
        if (deadlines.size() >= settings.mostUnpaid()) {
            Duration untilOneExpires = Duration.between(now, deadlines.getFirst());
            throw OrderError.tooManyUnpaid(
                    settings.mostUnpaid(), untilOneExpires.isPositive() ? untilOneExpires : Duration.ofSeconds(30));
        }
    }

    /** A look, which spares those who come too late to a sale the rest; what decides is the stock's own statement. */
    private static void refuseShort(List<CartItem> lines) {
        List<StockError.Shortage> shortages = lines.stream()
                .filter(line -> line.quantity() > line.product().stockQuantity())
                .map(line -> new StockError.Shortage(
                        line.product().productId(),
                        line.quantity(),
                        line.product().isActive() ? line.product().stockQuantity() : 0))
                .toList();
        if (!shortages.isEmpty()) {
            throw StockError.insufficientStock(shortages);
        }
    }

    private void refuseUnexpected(Money total, CheckoutRequest checkout) {
        Money highest = Money.of(settings.highestTotal(), total.currency().getCurrencyCode());
        if (total.isMoreThan(highest)) {
            throw OrderError.totalTooHigh(highest);
        }
        if (checkout.expectedTotal() != null) {
            Money expected = Money.of(checkout.expectedTotal(), total.currency());
            if (!expected.equals(total)) {
                throw OrderError.priceChanged(expected, total);
            }
        }
    }

    private Order place(User customer, Address address, PaymentMethod method, Money total, Instant now) {
        var order = new Order();
        order.userId = customer.userId();
        order.orderNumber = nextOrderNumber(now);
        order.status = OrderStatus.PENDING;
        order.paymentMethod = method;
        order.paymentStatus = PaymentStatus.PENDING;
        order.totalAmount = total.amount();
        order.currency = total.currency().getCurrencyCode();
        order.shippingAddressId = address.addressId();
        order.shipTo = ShipTo.of(customer.fullName(), address);
        order.expiresAt =
                now.plus(method == PaymentMethod.BANK_TRANSFER ? settings.unpaidForTransfer() : settings.unpaidFor());
        order.createdAt = now;
        order.updatedAt = now;
        order.persist();
        return order;
    }

    private static void copy(CartItem line, Order order) {
        var item = new OrderItem();
        item.order = order;
        item.productId = line.product().productId();
        item.productName = line.product().name();
        item.sku = line.product().sku();
        item.quantity = line.quantity();
        item.price = line.product().price().amount();
        item.subtotal = line.subtotal().amount();
        order.items.add(item);
    }

    /** {@code ORD-2026-0001}: from a sequence, since counting rows as the design does gives two orders one number. */
    private String nextOrderNumber(Instant now) {
        long next = ((Number) database.createNativeQuery("SELECT nextval('order_number_seq')", Long.class)
                        .getSingleResult())
                .longValue();
        return String.format(
                Locale.ROOT, "ORD-%d-%04d", now.atZone(ZoneOffset.UTC).getYear(), next);
    }
}
