/**
 * Finding products: an index in Elasticsearch that follows the database, and PostgreSQL in its place while it is away.
 *
 * <pre>
 *   product.* event ──► SearchConsumer ──┐
 *   shelf emptied, filled ──► trigger ───┼──► search_documents (due) ──► Indexer ──► Elasticsearch
 *   index missing or empty ──► all ──────┘     one row a product          reads the product as it is now,
 *                                                                         writes it with a version that only grows
 *
 *   GET /products/search ──► ProductIndex ──(away, slow, missing)──► DatabaseSearch
 *                                 └───────────── ids ─────────────────────┴──► products by id from PostgreSQL
 * </pre>
 *
 * Neither the events' order nor their number matters: they only say that a product is to be looked at again.
 */
@NullMarked
package io.emporium.search;

import org.jspecify.annotations.NullMarked;
