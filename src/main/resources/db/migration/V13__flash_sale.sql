-- An order's lines are written before its goods are taken. Looked at with each line, this reference would lock the row of
-- the product for all who are about to buy it, and every sale would have to carry all of them along; at the commit the
-- row is the buyer's own already.
ALTER TABLE order_items ALTER CONSTRAINT order_items_product_id_fkey DEFERRABLE INITIALLY DEFERRED;
