/**
 * The cart: what a customer is about to buy. It promises neither price nor goods; both are settled at checkout.
 */
@NullMarked
package io.emporium.cart;

import org.jspecify.annotations.NullMarked;
