-- What must go back goes back until it is gone: a second refund of one cause is right where an earlier one has bounced. That
-- they never exceed the payment is held by its lock, under which each looks at what is left.
DROP INDEX refunds_automatic_once;
