-- What is lost by a dispute is gone like a refund, and booked as one.
ALTER TABLE refunds DROP CONSTRAINT refunds_cause_check;
ALTER TABLE refunds ADD CONSTRAINT refunds_cause_check
    CHECK (cause IN ('requested', 'cancelled', 'late_payment', 'provider', 'dispute'));

-- What waits for somebody to look at it: a few of all orders, newest first like every list of them.
CREATE INDEX idx_orders_held ON orders (created_at DESC, order_id DESC) WHERE held_since IS NOT NULL;

-- Money that was taken twice can be given back from the list: which, and under which reference the provider is asked.
ALTER TABLE payment_issues ADD COLUMN capture VARCHAR(255);
ALTER TABLE payment_issues ADD COLUMN captured_amount DECIMAL(12, 2) CHECK (captured_amount > 0);
ALTER TABLE payment_issues ADD COLUMN refund_reference VARCHAR(255) UNIQUE;
ALTER TABLE payment_issues ADD COLUMN refund_id VARCHAR(255);
