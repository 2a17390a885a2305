-- A message leaves in the trace of the request that it tells of (docs/operations.md). Null where that is not traced.
ALTER TABLE deliveries ADD COLUMN traceparent VARCHAR(55);
