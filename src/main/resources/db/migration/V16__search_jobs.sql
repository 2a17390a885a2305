-- Work on the whole search index: it is built anew, or compared with the database.

CREATE TABLE search_jobs (
    job_id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         VARCHAR(10)  NOT NULL CHECK (kind IN ('rebuild', 'check')),
    status       VARCHAR(10)  NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'done', 'failed')),
    -- Why, for a person: "asked for", "the index is missing", …
    reason       VARCHAR(200) NOT NULL,
    -- Of a rebuild: the index being filled. What changes from then on goes to it too.
    index_name   VARCHAR(100),
    -- Products on sale when it began, and how far it is.
    total        BIGINT       NOT NULL DEFAULT 0 CHECK (total >= 0),
    done         BIGINT       NOT NULL DEFAULT 0 CHECK (done >= 0),
    -- Of a check: products the index has not, has otherwise, and has although they are not sold.
    missing      BIGINT       NOT NULL DEFAULT 0 CHECK (missing >= 0),
    stale        BIGINT       NOT NULL DEFAULT 0 CHECK (stale >= 0),
    surplus      BIGINT       NOT NULL DEFAULT 0 CHECK (surplus >= 0),
    -- Why it failed, or what it waits for.
    trouble      VARCHAR(500),
    -- Which worker is at it, and until when unless it says so again: one that died is followed by another.
    worker       UUID,
    lease_until  TIMESTAMPTZ  NOT NULL DEFAULT clock_timestamp(),
    attempts     INTEGER      NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    requested_at TIMESTAMPTZ  NOT NULL DEFAULT clock_timestamp(),
    -- Of the present attempt.
    began_at     TIMESTAMPTZ,
    finished_at  TIMESTAMPTZ
);
-- One of each kind at a time, in the whole cluster.
CREATE UNIQUE INDEX idx_search_jobs_running ON search_jobs (kind) WHERE status = 'running';
CREATE INDEX idx_search_jobs_latest ON search_jobs (kind, job_id DESC);

-- How a SKU begins is looked up too; equality goes on using it.
CREATE INDEX idx_products_sku_begins ON products (lower(sku) text_pattern_ops) WHERE is_active;
DROP INDEX idx_products_sku_lower;
