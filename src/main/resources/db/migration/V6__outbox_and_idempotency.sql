-- Events leave with the change that made them, and take effect once; a retried request is answered once.

CREATE TABLE outbox (
    position      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id      UUID         NOT NULL UNIQUE,
    type          VARCHAR(100) NOT NULL,
    entity_type   VARCHAR(40)  NOT NULL,
    entity_id     BIGINT       NOT NULL,
    payload       JSONB        NOT NULL,
    occurred_at   TIMESTAMPTZ  NOT NULL,
    -- A relay has it in hand until then; one that died lets go of it by itself.
    claimed_until TIMESTAMPTZ,
    -- The broker has confirmed it.
    sent_at       TIMESTAMPTZ,
    -- When to look whether it has arrived; how often it had not, and was sent again.
    audit_at      TIMESTAMPTZ,
    resends       INTEGER      NOT NULL DEFAULT 0,
    -- Every consumer that awaits its type has its inbox row.
    taken_at      TIMESTAMPTZ,
    attempts      INTEGER      NOT NULL DEFAULT 0,
    last_error    TEXT
);
CREATE INDEX idx_outbox_unsent ON outbox (position) WHERE sent_at IS NULL;
CREATE INDEX idx_outbox_audit_at ON outbox (audit_at) WHERE audit_at IS NOT NULL;
CREATE INDEX idx_outbox_taken_at ON outbox (taken_at) WHERE taken_at IS NOT NULL;
CREATE INDEX idx_outbox_entity ON outbox (entity_type, entity_id);

CREATE TABLE inbox (
    consumer      VARCHAR(60)  NOT NULL,
    event_id      UUID         NOT NULL,
    type          VARCHAR(100) NOT NULL,
    payload       TEXT         NOT NULL,
    status        VARCHAR(10)  NOT NULL DEFAULT 'received' CHECK (status IN ('received', 'done', 'parked')),
    attempts      INTEGER      NOT NULL DEFAULT 0,
    next_try_at   TIMESTAMPTZ  NOT NULL DEFAULT now(),
    last_error    TEXT,
    received_at   TIMESTAMPTZ  NOT NULL DEFAULT now(),
    done_at       TIMESTAMPTZ,
    -- An admin names a parked message by it.
    message_id    BIGINT       NOT NULL DEFAULT nextval('message_id_seq') UNIQUE,
    PRIMARY KEY (consumer, event_id)
);
CREATE INDEX idx_inbox_due ON inbox (next_try_at) WHERE status = 'received';
CREATE INDEX idx_inbox_parked ON inbox (message_id DESC) WHERE status = 'parked';
CREATE INDEX idx_inbox_done_at ON inbox (done_at) WHERE status = 'done';

-- Everything that failed five times and waits for a person.
CREATE VIEW parked_messages (id, consumer, type, attempts, last_error, received_at) AS
    SELECT message_id, consumer, type, attempts, last_error, received_at FROM inbox WHERE status = 'parked'
    UNION ALL
    SELECT delivery_id, channel, type, attempts, last_error, created_at FROM deliveries WHERE status = 'parked'
    UNION ALL
    SELECT message_id, 'webhook:' || provider, type, attempts, last_error, received_at FROM webhook_events WHERE status = 'parked';

CREATE TABLE idempotency_keys (
    user_id       BIGINT       NOT NULL REFERENCES users ON DELETE CASCADE,
    key           VARCHAR(255) NOT NULL,
    request_hash  BYTEA        NOT NULL CHECK (length(request_hash) = 32),
    status_code   SMALLINT,
    answer        TEXT,
    created_at    TIMESTAMPTZ  NOT NULL DEFAULT now(),
    -- While the request runs; a key whose process died is free again after it.
    locked_until  TIMESTAMPTZ,
    expires_at    TIMESTAMPTZ  NOT NULL,
    PRIMARY KEY (user_id, key),
    CHECK ((status_code IS NULL) = (answer IS NULL)),
    CHECK ((status_code IS NULL) = (locked_until IS NOT NULL))
);
CREATE INDEX idx_idempotency_keys_expires_at ON idempotency_keys (expires_at);
