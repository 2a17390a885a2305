-- A second factor for whoever turns it on: the codes of an authenticator app (RFC 6238), and recovery codes for the day it is lost.

-- Since when a sign-in takes it. One that looked before begins no session after it, as with the password (V26).
ALTER TABLE users ADD COLUMN second_factor_since TIMESTAMPTZ;

-- Begun, and while users.second_factor_since is set, on.
CREATE TABLE second_factors (
    user_id       BIGINT      PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    -- Sealed with SECOND_FACTOR_KEY, for this user alone.
    secret        BYTEA       NOT NULL,
    -- The half minute of the last code that was right: it and all before it are spent.
    last_step     BIGINT      NOT NULL DEFAULT 0,
    -- Wrong codes since the last right one, and until when no further is looked at.
    failures      INTEGER     NOT NULL DEFAULT 0,
    locked_until  TIMESTAMPTZ
);

CREATE TABLE recovery_codes (
    user_id       BIGINT      NOT NULL REFERENCES second_factors ON DELETE CASCADE,
    code_hash     BYTEA       NOT NULL CHECK (length(code_hash) = 32),
    used_at       TIMESTAMPTZ,
    PRIMARY KEY (user_id, code_hash)
);

-- Somebody whose password was right, and who has yet to show the second factor.
CREATE TABLE sign_in_challenges (
    challenge_hash       BYTEA       PRIMARY KEY CHECK (length(challenge_hash) = 32),
    user_id              BIGINT      NOT NULL REFERENCES users ON DELETE CASCADE,
    -- Which password that was: with another one it is over.
    password_changed_at  TIMESTAMPTZ,
    expires_at           TIMESTAMPTZ NOT NULL,
    tries                INTEGER     NOT NULL DEFAULT 0
);
CREATE INDEX idx_sign_in_challenges_user_id ON sign_in_challenges (user_id);
CREATE INDEX idx_sign_in_challenges_expires_at ON sign_in_challenges (expires_at);

ALTER TABLE sessions DROP CONSTRAINT sessions_end_reason_check;
ALTER TABLE sessions ADD CONSTRAINT sessions_end_reason_check CHECK (
    end_reason IN ('logout', 'refresh_reuse', 'password_changed', 'deactivated', 'expired', 'second_factor'));
