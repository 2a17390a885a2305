-- What a shop keeper finds an order by, beside the customer: its number or the beginning of it, what was bought, its parcel.

-- Numbers grow longer as they are counted up: by length and then by text they stand in the order they were given out, so
-- of all that begin alike the newest are read first. In C, so that a beginning is a range whatever the database's language.
CREATE INDEX idx_orders_number_prefix ON orders (length(order_number), order_number COLLATE "C");
CREATE INDEX idx_order_items_sku ON order_items (sku, order_id DESC);
CREATE INDEX idx_shipments_tracking_number ON shipments (tracking_number, order_id DESC);
