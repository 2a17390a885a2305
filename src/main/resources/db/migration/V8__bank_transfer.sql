-- Transfers: what came instead of what was awaited, as an admin reported it.
ALTER TABLE transactions ADD COLUMN reported_amount DECIMAL(12, 2) CHECK (reported_amount > 0);
ALTER TABLE transactions ADD COLUMN reported_at TIMESTAMPTZ;
ALTER TABLE transactions ADD CHECK ((reported_amount IS NULL) = (reported_at IS NULL));
CREATE INDEX idx_transactions_transfers ON transactions (status, created_at, transaction_id)
    WHERE payment_method = 'bank_transfer' AND transaction_type = 'payment';

-- Each provider is asked at its own pace: one that is away does not hold up the others.
CREATE INDEX idx_transactions_unsettled_by_method ON transactions (payment_method, next_check_at) WHERE next_check_at IS NOT NULL;
DROP INDEX idx_transactions_unsettled;
