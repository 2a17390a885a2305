-- What is forgotten after its time is found by it.
CREATE INDEX idx_webhook_events_over ON webhook_events (done_at) WHERE status IN ('done', 'ignored');
CREATE INDEX idx_notifications_created_at ON notifications (created_at);
