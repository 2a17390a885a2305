package io.emporium.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.emporium.Shopper;
import io.emporium.fuzz.RawHttp.Answer;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * One customer and one admin, step by step, each foretold: the model below knows the stock, the cart, the orders and the
 * money, and says before every request what the shop will answer.
 */
final class Walk {
    private static final int MOST_UNPAID = 5;
    /** Below what makes a payment suspicious: from there on the shop may say no for reasons of its own. */
    private static final int MOST_TRIES = 18;

    private static final int MOST_DECLINES = 4;

    private enum Status {
        PENDING,
        CONFIRMED,
        PROCESSING,
        SHIPPED,
        DELIVERED,
        CANCELLED;

        boolean canBeCancelled() {
            return this == PENDING || this == CONFIRMED || this == PROCESSING;
        }
    }

    private static final class Product {
        long id;
        int stock;
        long cents;
        boolean isSold = true;
    }

    private static final class Order {
        long id;
        Status status = Status.PENDING;
        long total;
        long paid;
        long refunded;
        final Map<Product, Integer> lines = new LinkedHashMap<>();
    }

    private final RandomGenerator chance;
    private final RawHttp line;
    private final Shopper customer;
    private final Shopper admin;
    private final List<Product> products = new ArrayList<>();
    private final Map<Product, Integer> cart = new LinkedHashMap<>();
    private final Map<Product, Long> lineIds = new LinkedHashMap<>();
    private final List<Order> orders = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final EnumMap<Status, Integer> reached = new EnumMap<>(Status.class);
    private int tries;
    private int declines;

    Walk(RandomGenerator chance, RawHttp line, Shopper customer, Shopper admin) throws IOException {
        this.chance = chance;
        this.line = line;
        this.customer = customer;
        this.admin = admin;
        for (int i = 0; i < 3; i++) {
            Product product = new Product();
            product.stock = chance.nextInt(12);
            product.cents = 50 + chance.nextInt(1_000);
            product.id = admin.createProduct(price(product.cents), product.stock);
            products.add(product);
        }
    }

    /** Goes so many steps and looks whether all is as foretold; returns what was done. */
    List<String> go(int steps) throws IOException {
        for (int step = 0; step < steps; step++) {
            try {
                step();
                if (step % 8 == 7) {
                    look();
                }
            } catch (AssertionError other) {
                throw new AssertionError("Step " + step + " of " + told + ": " + other.getMessage(), other);
            }
        }
        look();
        orders.forEach(order -> reached.merge(order.status, 1, Integer::sum));
        return told;
    }

    Map<?, Integer> reached() {
        return reached;
    }

    private void step() throws IOException {
        switch (chance.nextInt(24)) {
            case 0, 1, 2, 3 -> add();
            case 4 -> change();
            case 5 -> remove();
            case 6, 7, 8 -> checkOut();
            case 9, 10, 11 -> pay();
            case 12 -> cancel();
            case 13 -> refund();
            case 14 -> adjust();
            case 15 -> price();
            case 16, 19, 20 -> move("processing", Status.CONFIRMED, Status.PROCESSING);
            case 17, 21, 22 -> ship();
            case 18 -> move("delivered", Status.SHIPPED, Status.DELIVERED);
            default -> {
                if (chance.nextInt(4) == 0) {
                    sold();
                } else {
                    clear();
                }
            }
        }
    }

    private void add() throws IOException {
        Product product = Values.one(chance, products);
        int quantity = chance.nextInt(20) == 0 ? 999 : 1 + chance.nextInt(5);
        int sum = cart.getOrDefault(product, 0) + quantity;
        int expected = !product.isSold ? 404 : sum > 999 ? 400 : sum > product.stock ? 409 : 201;
        Answer answer = ask(
                "POST",
                "/api/v1/cart/items",
                customer,
                "{\"product_id\":" + product.id + ",\"quantity\":" + quantity + "}",
                expected);
        if (expected == 201) {
            cart.put(product, sum);
            lineIds.put(product, data(answer).path("cart_item_id").asLong());
        }
    }

    private void change() throws IOException {
        Product product = Values.one(chance, products);
        int quantity = 1 + chance.nextInt(8);
        boolean isThere = cart.containsKey(product);
        int expected = !isThere ? 404 : quantity > (product.isSold ? product.stock : 0) ? 409 : 200;
        ask(
                "PUT",
                "/api/v1/cart/items/" + lineIds.getOrDefault(product, 7_000_000_001L),
                customer,
                "{\"quantity\":" + quantity + "}",
                expected);
        if (expected == 200) {
            cart.put(product, quantity);
        }
    }

    private void remove() throws IOException {
        Product product = Values.one(chance, products);
        boolean isThere = cart.remove(product) != null;
        ask(
                "DELETE",
                "/api/v1/cart/items/" + lineIds.getOrDefault(product, 7_000_000_001L),
                customer,
                null,
                isThere ? 200 : 404);
    }

    private void clear() throws IOException {
        ask("DELETE", "/api/v1/cart", customer, null, 200);
        cart.clear();
    }

    private void checkOut() throws IOException {
        long total = cart.entrySet().stream()
                .mapToLong(each -> each.getKey().cents * each.getValue())
                .sum();
        boolean isWrong = chance.nextInt(6) == 0;
        boolean isShort = cart.entrySet().stream()
                .anyMatch(each -> !each.getKey().isSold || each.getValue() > each.getKey().stock);
        long unpaid =
                orders.stream().filter(order -> order.status == Status.PENDING).count();
        int expected = cart.isEmpty() ? 409 : unpaid >= MOST_UNPAID ? 429 : isWrong || isShort ? 409 : 201;
        String body = "{\"shipping_address_id\":" + customer.addressId() + ",\"payment_method\":\"credit_card\""
                + (isWrong || chance.nextBoolean() ? ",\"expected_total\":" + price(isWrong ? total + 1 : total) : "")
                + "}";
        Answer answer = ask("POST", "/api/v1/orders", customer, body, expected);
        if (expected == 201) {
            Order order = new Order();
            order.id = data(answer).path("order_id").asLong();
            order.total = total;
            order.lines.putAll(cart);
            cart.forEach((product, quantity) -> product.stock -= quantity);
            cart.clear();
            orders.add(order);
            assertThat(cents(data(answer).path("total_amount"))).isEqualTo(total);
        }
    }

    private void pay() throws IOException {
        Order order = anOrder(Status.PENDING);
        if (order == null || tries >= MOST_TRIES) {
            return;
        }
        boolean isDeclined = declines < MOST_DECLINES && chance.nextInt(5) == 0;
        if (order.status == Status.PENDING) {
            tries++;
            declines += isDeclined ? 1 : 0;
        }
        int expected = order.status != Status.PENDING ? 409 : isDeclined ? 402 : 200;
        ask(
                "POST",
                "/api/v1/payments/process",
                customer,
                "{\"order_id\":" + order.id
                        + ",\"payment_method\":\"credit_card\",\"payment_details\":{\"payment_method_id\":\""
                        + (isDeclined ? "pm_card_chargeDeclined" : "pm_card_visa") + "\"}}",
                expected);
        if (expected == 200) {
            order.status = Status.CONFIRMED;
            order.paid = order.total;
        }
    }

    private void cancel() throws IOException {
        Order order = anOrder();
        if (order != null) {
            int expected = order.status.canBeCancelled() ? 200 : 409;
            ask("POST", "/api/v1/orders/" + order.id + "/cancel", customer, "", expected);
            if (expected == 200) {
                cancelled(order);
            }
        }
    }

    private static void cancelled(Order order) {
        order.status = Status.CANCELLED;
        order.refunded = order.paid;
        order.lines.forEach((product, quantity) -> product.stock += quantity);
    }

    private void refund() throws IOException {
        Order order = anOrder();
        if (order == null) {
            return;
        }
        long left = order.paid - order.refunded;
        long amount = switch (chance.nextInt(3)) {
            case 0 -> left + 1;
            case 1 -> Math.max(1, left);
            default -> 1 + chance.nextLong(Math.max(1, left));
        };
        int expected = amount > left ? 409 : 200;
        ask(
                "POST",
                "/api/v1/payments/refund",
                admin,
                "{\"order_id\":" + order.id + ",\"amount\":" + price(amount) + ",\"reason\":\"a walk\"}",
                expected);
        if (expected == 200) {
            order.refunded += amount;
            if (order.refunded == order.paid && order.status.canBeCancelled()) {
                cancelled(order);
            }
        }
    }

    private void adjust() throws IOException {
        Product product = Values.one(chance, products);
        int delta = chance.nextInt(-4, 9);
        int expected = delta == 0 ? 400 : product.stock + delta < 0 ? 409 : 201;
        ask(
                "POST",
                "/api/v1/inventory/" + product.id + "/adjustments",
                admin,
                "{\"delta\":" + delta + ",\"reason\":\"" + (delta < 0 ? "lost" : "found") + "\"}",
                expected);
        if (expected == 201) {
            product.stock += delta;
        }
    }

    private void price() throws IOException {
        Product product = Values.one(chance, products);
        long cents = 50 + chance.nextInt(1_000);
        ask("PATCH", "/api/v1/products/" + product.id, admin, "{\"price\":" + price(cents) + "}", 200);
        product.cents = cents;
    }

    private void sold() throws IOException {
        Product product = Values.one(chance, products);
        product.isSold = !product.isSold;
        ask("PATCH", "/api/v1/products/" + product.id, admin, "{\"is_active\":" + product.isSold + "}", 200);
    }

    private void move(String to, Status from, Status next) throws IOException {
        Order order = anOrder(from);
        if (order != null) {
            ask(
                    "PUT",
                    "/api/v1/orders/" + order.id + "/status",
                    admin,
                    "{\"status\":\"" + to + "\"}",
                    order.status == from ? 200 : 409);
            order.status = order.status == from ? next : order.status;
        }
    }

    private void ship() throws IOException {
        Order order = anOrder(Status.PROCESSING);
        if (order != null) {
            boolean isReady = order.status == Status.PROCESSING;
            ask(
                    "POST",
                    "/api/v1/orders/" + order.id + "/shipments",
                    admin,
                    "{\"carrier\":\"DHL\",\"tracking_number\":\"W" + order.id + "\"}",
                    isReady ? 201 : 409);
            order.status = isReady ? Status.SHIPPED : order.status;
        }
    }

    private Order anOrder() {
        return orders.isEmpty() ? null : Values.one(chance, orders);
    }

    /** Mostly one of which more than a refusal comes. */
    private Order anOrder(Status status) {
        List<Order> fitting =
                orders.stream().filter(order -> order.status == status).toList();
        return fitting.isEmpty() || chance.nextInt(4) == 0 ? anOrder() : Values.one(chance, fitting);
    }

    /** What the shop tells is what the model knows. */
    private void look() throws IOException {
        for (Product product : products) {
            JsonNode stock = data(ask("GET", "/api/v1/inventory/" + product.id, admin, null, 200));
            assertThat(stock.path("stock_quantity").asInt())
                    .as("stock of " + product.id)
                    .isEqualTo(product.stock);
        }
        Map<Long, Integer> lines = new LinkedHashMap<>();
        data(ask("GET", "/api/v1/cart", customer, null, 200))
                .path("items")
                .forEach(item -> lines.put(
                        item.path("product_id").asLong(), item.path("quantity").asInt()));
        Map<Long, Integer> expected = new LinkedHashMap<>();
        cart.forEach((product, quantity) -> expected.put(product.id, quantity));
        assertThat(lines).as("cart").isEqualTo(expected);
        for (Order order : orders) {
            JsonNode shown = data(ask("GET", "/api/v1/orders/" + order.id, customer, null, 200));
            assertThat(shown.path("status").asText())
                    .as("order " + order.id)
                    .isEqualToIgnoringCase(order.status.name());
            assertThat(cents(shown.path("total_amount")))
                    .as("total of " + order.id)
                    .isEqualTo(order.total);
        }
    }

    /** Of each order what was given back, for when everything has settled. */
    Map<Long, Long> refunded() {
        Map<Long, Long> refunded = new LinkedHashMap<>();
        orders.forEach(order -> refunded.put(order.id, order.refunded));
        return refunded;
    }

    private Answer ask(String method, String path, Shopper who, String body, int expected) throws IOException {
        byte[] bytes = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        String head = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + who.token
                + "\r\n" + (bytes.length == 0 ? "" : "Content-Type: application/json\r\n") + "Content-Length: "
                + bytes.length + "\r\n\r\n";
        byte[] request = (head + (body == null ? "" : body)).getBytes(StandardCharsets.UTF_8);
        Answer answer = line.send(method, request);
        if (!method.equals("GET")) {
            told.add(method + " " + path + " " + (body == null ? "" : body) + " -> " + answer.status());
        }
        if (answer.status() != expected) {
            throw new AssertionError(method + " " + path + " " + body + ": foretold " + expected + ", answered "
                    + answer.status() + " " + answer.text());
        }
        return answer;
    }

    private static JsonNode data(Answer answer) throws IOException {
        return Document.JSON.readTree(answer.body()).path("data");
    }

    private static long cents(JsonNode money) {
        return money.decimalValue().movePointRight(2).longValueExact();
    }

    private static String price(long cents) {
        return BigDecimal.valueOf(cents, 2).toPlainString();
    }
}
