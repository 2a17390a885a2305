-- Mails that prove who somebody is: which was asked for last, and the hashes of the secrets that have left with it.

ALTER TABLE users ADD COLUMN email_verified_at TIMESTAMPTZ;
-- A sign-in that looked at the password before it was changed begins no session after it.
ALTER TABLE users ADD COLUMN password_changed_at TIMESTAMPTZ;

-- Somebody who has left: the row stays without what says who they were, for their orders point to it. Some minutes later it
-- is looked once more for what was being written meanwhile.
ALTER TABLE users ADD COLUMN erased_at TIMESTAMPTZ;
ALTER TABLE users ADD COLUMN erasure_swept BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE users ADD CHECK (erased_at IS NULL OR NOT is_active);
CREATE INDEX idx_users_erased ON users (erased_at) WHERE NOT erasure_swept AND erased_at IS NOT NULL;

-- Stripe is to forget the cards it keeps for them.
ALTER TABLE stripe_customers ADD COLUMN leaves_at TIMESTAMPTZ;
CREATE INDEX idx_stripe_customers_leaves_at ON stripe_customers (leaves_at) WHERE leaves_at IS NOT NULL;

-- Who has forgotten their password, as they named themselves: looked up by a worker, so that the answer is the same whether
-- there is such an account or not. A row lives for a second or two.
CREATE TABLE forgotten_passwords (
    request_id  UUID        PRIMARY KEY,
    email       VARCHAR(254) NOT NULL,
    asked_at    TIMESTAMPTZ NOT NULL
);
CREATE INDEX idx_forgotten_passwords_asked_at ON forgotten_passwords (asked_at);

-- A new one takes the older one's place: what left with that opens nothing any more.
CREATE TABLE account_requests (
    user_id     BIGINT      NOT NULL REFERENCES users ON DELETE CASCADE,
    purpose     VARCHAR(20) NOT NULL CHECK (purpose IN ('verify_email', 'reset_password')),
    -- The event that tells of it, and has the mail written.
    request_id  UUID        NOT NULL UNIQUE,
    asked_at    TIMESTAMPTZ NOT NULL,
    used_at     TIMESTAMPTZ,
    PRIMARY KEY (user_id, purpose)
);

-- Made when the mail leaves, one a try: of a mail that came twice either one is good, but only one of them.
CREATE TABLE account_tokens (
    token_hash  BYTEA       PRIMARY KEY CHECK (length(token_hash) = 32),
    request_id  UUID        NOT NULL,
    expires_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX idx_account_tokens_expires_at ON account_tokens (expires_at);
