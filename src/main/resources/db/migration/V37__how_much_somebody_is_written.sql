-- What an address or a number was written in the last hour, other than about its account and by campaigns, is counted before
-- it is written more. A migration of its own: one that has both locks makes a worker and itself wait for each other.
CREATE INDEX idx_deliveries_recipient ON deliveries (md5(recipient), channel, created_at)
    WHERE status <> 'skipped' AND purpose <> 'account' AND channel <> 'push' AND campaign_recipient_id IS NULL;
