-- Who hears of it later hears old news: a message that waits for longer, for whatever reason, does not leave. Null: no end.
ALTER TABLE deliveries ADD COLUMN send_by TIMESTAMPTZ;
