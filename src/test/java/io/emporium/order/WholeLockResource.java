package io.emporium.order;

import io.emporium.web.Answer;
import io.emporium.web.Caller;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.persistence.EntityManager;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;

/**
 * A door of the benchmark alone: the checkout as it is mostly written, which locks the products first and holds them until
 * it commits. What {@link FlashSaleBench} compares with.
 */
@Path("/test/whole-lock/orders")
@RunOnVirtualThread
public class WholeLockResource {
    private final OrderService orders;
    private final EntityManager database;
    private final Caller caller;

    WholeLockResource(OrderService orders, EntityManager database, Caller caller) {
        this.orders = orders;
        this.database = database;
        this.caller = caller;
    }

    @POST
    public Answer<OrderView> create(@NotNull CheckoutRequest checkout) {
        long userId = caller.userId();
        return QuarkusTransaction.requiringNew().call(() -> {
            database.createNativeQuery("""
                            SELECT p.product_id FROM products p JOIN cart_items i USING (product_id) JOIN carts c USING (cart_id)
                             WHERE c.user_id = :user ORDER BY p.product_id FOR NO KEY UPDATE OF p
                            """).setParameter("user", userId).getResultList();
            return Answer.of(orders.createOrder(userId, checkout));
        });
    }
}
