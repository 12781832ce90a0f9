/**
 * Publishes to users whose connections flap while processes are killed, and then balances the
 * books: what was published against what clients, database and receipts say became of it.
 */
@NullMarked
package io.trunkline.systemtest.books;

import org.jspecify.annotations.NullMarked;
