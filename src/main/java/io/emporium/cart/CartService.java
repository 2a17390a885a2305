package io.emporium.cart;

import io.emporium.catalog.Product;
import io.emporium.shared.Money;
import io.emporium.shared.Refusal;
import io.quarkus.hibernate.orm.panache.Panache;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * What a customer is about to buy (low-level-design 5.3). Every change locks the customer's cart row first, so that a cart
 * that is being checked out holds still.
 */
@ApplicationScoped
public class CartService {
    static final int MOST_OF_A_PRODUCT = 999;
    static final int MOST_LINES = 100;

    private final Clock clock;
    private final Currency currency;

    CartService(Clock clock, @ConfigProperty(name = "emporium.currency") String currency) {
        this.clock = clock;
        this.currency = Currency.getInstance(currency);
    }

    /** The customer's cart, made when first asked for. */
    public CartView getCart(long userId) {
        Cart cart = Cart.findByUser(userId)
                .orElseGet(() -> QuarkusTransaction.requiringNew().call(() -> lock(userId)));
        List<CartItem> items = cart.items();
        return CartView.of(cart, items, calculateTotal(items));
    }

    /**
     * Puts so many of a product into the cart, on top of what is in it already.
     *
     * @param quantity 1–999; so is the line's sum
     * @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND for a product that is not sold, INSUFFICIENT_STOCK if the
     *     line's sum is more than there is, VALIDATION_ERROR beyond 999 of a product or 100 lines
     */
    @Transactional
    public CartItemView addItem(long userId, long productId, int quantity) {
        Instant now = clock.instant();
        return CartItem.add(userId, productId, quantity, now)
                // The first may have looked before it had to wait for the cart; now the cart is ours.
                .or(() -> CartItem.add(userId, productId, quantity, now))
                .orElseThrow(() -> whyNot(userId, productId, quantity));
    }

    /** What kept so many of a product out of the cart, which the one statement that adds does not tell. */
    private Refusal whyNot(long userId, long productId, int quantity) {
        Product product = Product.findActive(productId).orElse(null);
        if (product == null) {
            return CartError.productNotFound();
        }
        Cart cart = lock(userId);
        CartItem item = CartItem.findInCart(cart.cartId(), productId).orElse(null);
        if (item == null && CartItem.count("cartId", cart.cartId()) >= MOST_LINES) {
            return CartError.tooManyLines();
        }
        int sum = item == null ? quantity : item.quantity + quantity;
        return sum > MOST_OF_A_PRODUCT
                ? CartError.lineTooLarge()
                : CartError.insufficientStock(productId, sum, product.stockQuantity());
    }

    /**
     * Sets how many of a line are wanted.
     *
     * @param quantity 1–999
     * @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND, INSUFFICIENT_STOCK
     */
    @Transactional
    public CartItemView updateItem(long userId, long cartItemId, int quantity) {
        Cart cart = lock(userId);
        CartItem item = CartItem.findOwn(cartItemId, userId).orElseThrow(CartError::itemNotFound);
        requireCanBeBought(item.product, quantity);
        item.quantity = quantity;
        cart.updatedAt = clock.instant();
        return CartItemView.of(item);
    }

    /** @throws io.emporium.shared.Refusal RESOURCE_NOT_FOUND */
    @Transactional
    public void removeItem(long userId, long cartItemId) {
        Cart cart = lock(userId);
        CartItem.findOwn(cartItemId, userId)
                .orElseThrow(CartError::itemNotFound)
                .delete();
        cart.updatedAt = clock.instant();
    }

    @Transactional
    public void clearCart(long userId) {
        empty(lock(userId));
    }

    /**
     * Locks the cart until the transaction ends, for checkout: nobody adds to it, and a second checkout waits and then
     * finds it empty.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Cart lockForCheckout(long userId) {
        return lock(userId);
    }

    /** Takes everything out of a locked cart. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void empty(Cart locked) {
        CartItem.delete("cartId", locked.cartId());
        locked.updatedAt = clock.instant();
    }

    /** The sum at the prices of now. */
    public Money calculateTotal(List<CartItem> items) {
        return items.stream().map(CartItem::subtotal).reduce(Money.zero(currency), Money::plus);
    }

    private Cart lock(long userId) {
        return Cart.lockByUser(userId).orElseGet(() -> {
            // Two first requests at once: one makes the cart, both find it.
            Panache.getEntityManager()
                    .createNativeQuery(
                            "INSERT INTO carts (user_id, created_at, updated_at) VALUES (:user, :now, :now) ON CONFLICT (user_id) DO NOTHING")
                    .setParameter("user", userId)
                    .setParameter("now", clock.instant())
                    .executeUpdate();
            return Cart.lockByUser(userId).orElseThrow();
        });
    }

    private static void requireCanBeBought(Product product, int quantity) {
        if (quantity > MOST_OF_A_PRODUCT) {
            throw CartError.lineTooLarge();
        }
        int available = product.isActive() ? product.stockQuantity() : 0;
        if (quantity > available) {
            throw CartError.insufficientStock(product.productId(), quantity, available);
        }
    }
}
