/**
 * How much of each product there is. The stock is a column of the product's row that only {@link
 * io.emporium.inventory.Stock} (orders) and {@link io.emporium.inventory.StockCount} (people and imports) write, and every change is a row of the ledger: their sum is the stock, at every commit.
 * An order's goods are reserved when it is placed and released if it is cancelled. What runs low is told by an {@link
 * io.emporium.inventory.InventoryEvent}.
 */
@NullMarked
package io.emporium.inventory;

import org.jspecify.annotations.NullMarked;
