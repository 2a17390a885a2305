-- When the customer was reminded of a transfer that has not come: once.
ALTER TABLE transactions ADD COLUMN reminded_at TIMESTAMPTZ;
