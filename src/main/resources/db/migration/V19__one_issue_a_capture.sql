-- Money taken a third time under one reference is listed too.
ALTER TABLE payment_issues DROP CONSTRAINT payment_issues_once;
CREATE UNIQUE INDEX payment_issues_once ON payment_issues (transaction_id, reason, coalesce(capture, ''));
