/**
 * Finding products: an index in Elasticsearch that follows the database, and PostgreSQL in its place while it is away.
 *
 * <pre>
 *   product.* event ──► SearchConsumer ──┐
 *   shelf emptied, filled ──► trigger ───┼──► search_documents (due) ──► Indexer ──► Elasticsearch
 *   IndexCheck: differs ─────────────────┘     one row a product          reads the product as it is now,
 *                                                                         writes it with a version that only grows
 *   index missing, empty, of another definition ──┐
 *   POST /admin/search/rebuild ───────────────────┴──► search_jobs ──► Rebuild ──► a new index, then the alias
 *
 *   GET /products/search ──► Synonyms ──► ProductIndex ──(away, slow, missing)──► DatabaseSearch
 *                                              └───────────── ids ─────────────────────┴──► products by id from PostgreSQL
 * </pre>
 *
 * Neither the events' order nor their number matters: they only say that a product is to be looked at again. What is
 * searched how, and where the weights come from: docs/search.md.
 */
@NullMarked
package io.emporium.search;

import org.jspecify.annotations.NullMarked;
