-- Finding: what the search index still has to learn, and the indexes with which PostgreSQL finds by itself.

-- What the index knows of a product; a row stays for good, because its version must never fall.
CREATE TABLE search_documents (
    -- No foreign key: the row outlives its product, so that the document can be taken out of the index.
    product_id BIGINT PRIMARY KEY,
    -- Microseconds since 1970 of the last mark or claim, or one more than before if that is later. The index takes a
    -- document only with a version it has not passed. By the clock, so that a restored database is not behind its index.
    version    BIGINT      NOT NULL,
    -- When the product is to be indexed; NULL: the index has it. All times here are PostgreSQL's, the one clock of all processes.
    due_at     TIMESTAMPTZ,
    attempts   INTEGER     NOT NULL DEFAULT 0
) WITH (fillfactor = 70);
CREATE INDEX idx_search_documents_due ON search_documents (due_at) WHERE due_at IS NOT NULL;

CREATE FUNCTION search_version() RETURNS BIGINT LANGUAGE sql VOLATILE
RETURN CAST(extract(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT);

-- Marks a product as due. Marked again it is due once.
CREATE FUNCTION search_mark(product BIGINT) RETURNS BIGINT LANGUAGE sql VOLATILE AS $$
    INSERT INTO search_documents AS known (product_id, version, due_at)
    VALUES (product, search_version(), clock_timestamp())
    ON CONFLICT (product_id) DO UPDATE
       SET version = GREATEST(known.version + 1, excluded.version), due_at = excluded.due_at, attempts = 0
    RETURNING product_id
$$;

-- Sales append no product event, yet the last piece sold changes what "in stock" finds. The condition is looked at
-- before anything is called, so that a sale which leaves some on the shelf pays nothing.
CREATE FUNCTION search_mark_shelf() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM search_mark(NEW.product_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER search_shelf_emptied_or_filled AFTER UPDATE OF stock_quantity ON products FOR EACH ROW
    WHEN ((OLD.stock_quantity > 0) <> (NEW.stock_quantity > 0))
    EXECUTE FUNCTION search_mark_shelf();

-- The words of a product, the name's first. Immutable because the dictionary is named; schema-qualified so that a
-- restore, which runs without a search path, can build the index.
CREATE FUNCTION search_words(name TEXT, brand TEXT, category TEXT, description TEXT) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN setweight(to_tsvector('pg_catalog.english'::regconfig, name), 'A')
    || setweight(to_tsvector('pg_catalog.english'::regconfig, coalesce(brand, '') || ' ' || category), 'B')
    || setweight(to_tsvector('pg_catalog.english'::regconfig, description), 'D');

CREATE INDEX idx_products_search_words ON products USING gin (search_words(name, brand, category, description)) WHERE is_active;
CREATE INDEX idx_products_name_trigrams ON products USING gin (name gin_trgm_ops) WHERE is_active;
CREATE INDEX idx_products_sku_lower ON products (lower(sku)) WHERE is_active;
-- For suggestions: whatever begins so, in any case.
CREATE INDEX idx_products_brand_lower ON products (lower(brand) text_pattern_ops, brand) WHERE is_active AND brand IS NOT NULL;
CREATE INDEX idx_products_category_lower ON products (lower(category) text_pattern_ops, category) WHERE is_active;
