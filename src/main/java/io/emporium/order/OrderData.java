package io.emporium.order;

import io.emporium.shared.PersonalData;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.List;

/** What somebody has bought. It is kept without saying who: what was sold, for how much and into which country stays. */
@ApplicationScoped
class OrderData implements PersonalData {
    private final EntityManager database;

    OrderData(EntityManager database) {
        this.database = database;
    }

    @Override
    public List<Section> sections() {
        return List.of(new Section("orders", """
                        SELECT order_number, status, payment_method, payment_status, total_amount, currency, ship_to_name, ship_to_line1,
                               ship_to_line2, ship_to_city, ship_to_state, ship_to_postal_code, ship_to_country, cancel_reason, created_at
                          FROM orders WHERE user_id = ? ORDER BY order_id
                        """), new Section("order_items", """
                        SELECT o.order_number, i.sku, i.product_name, i.quantity, i.price, i.subtotal
                          FROM orders o JOIN order_items i USING (order_id) WHERE o.user_id = ? ORDER BY i.order_id, i.order_item_id
                        """), new Section("shipments", """
                        SELECT o.order_number, s.carrier, s.tracking_number, s.estimated_delivery, s.shipped_at
                          FROM orders o JOIN shipments s USING (order_id) WHERE o.user_id = ? ORDER BY s.order_id
                        """));
    }

    /** Until it has left the house an order needs its address, and its customer needs to hear of it. */
    @Override
    public List<String> open(long userId) {
        return database.createNativeQuery("""
                        SELECT 'order ' || order_number || ' is ' || status FROM orders
                         WHERE user_id = :user AND status IN ('pending', 'confirmed', 'processing') ORDER BY order_id
                        """, String.class)
                .setParameter("user", userId)
                .getResultList();
    }

    @Override
    public void erase(long userId) {
        database.createNativeQuery("""
                        UPDATE orders SET ship_to_name = 'Erased', ship_to_line1 = '-', ship_to_line2 = NULL, ship_to_city = '-',
                               ship_to_state = '-', ship_to_postal_code = '-', shipping_address_id = NULL, version = version + 1
                         WHERE user_id = :user AND ship_to_name <> 'Erased'
                        """).setParameter("user", userId).executeUpdate();
        // A carrier answers with the address to whoever knows the number.
        database.createNativeQuery("""
                        UPDATE shipments SET tracking_number = 'erased'
                         WHERE order_id IN (SELECT order_id FROM orders WHERE user_id = :user)
                        """).setParameter("user", userId).executeUpdate();
    }
}
