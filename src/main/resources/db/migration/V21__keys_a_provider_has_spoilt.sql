-- Under how many idempotency keys the provider of a refund has answered with a fault that it keeps: the next one is asked for under
-- another.
ALTER TABLE transactions ADD COLUMN spoilt_keys INTEGER NOT NULL DEFAULT 0 CHECK (spoilt_keys >= 0);
ALTER TABLE payment_issues ADD COLUMN spoilt_keys INTEGER NOT NULL DEFAULT 0 CHECK (spoilt_keys >= 0);
