package io.emporium.cart;

import io.emporium.shared.PersonalData;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.List;

/** What lies in somebody's cart. */
@ApplicationScoped
class CartData implements PersonalData {
    private final EntityManager database;

    CartData(EntityManager database) {
        this.database = database;
    }

    @Override
    public List<Section> sections() {
        return List.of(new Section("cart", """
                SELECT p.sku, p.name, i.quantity, i.added_at
                  FROM carts c JOIN cart_items i USING (cart_id) JOIN products p USING (product_id)
                 WHERE c.user_id = ? ORDER BY i.cart_item_id
                """));
    }

    /** A checkout locks the cart first: one that is under way is waited for, and none begins after it. */
    @Override
    public void hold(long userId) {
        Cart.lockByUser(userId);
    }

    @Override
    public void erase(long userId) {
        database.createNativeQuery("DELETE FROM carts WHERE user_id = :user")
                .setParameter("user", userId)
                .executeUpdate();
    }
}
