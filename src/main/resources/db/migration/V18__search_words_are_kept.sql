-- The words of a product are kept with it. Made anew for every row looked at they cost twenty microseconds each, and a
-- word that ten thousand products have could not be ranked within the second; a sale does not make them anew. Rows are
-- longer with them: there is still to be room for two of the stock's HOT updates on a page.
ALTER TABLE products SET (fillfactor = 70);
-- First, or it would be made anew with the table.
DROP INDEX idx_products_search_words;
ALTER TABLE products
    ADD COLUMN search_words tsvector GENERATED ALWAYS AS (search_words(name, brand, category, description)) STORED;
CREATE INDEX idx_products_search_words ON products USING gin (search_words) WHERE is_active;
