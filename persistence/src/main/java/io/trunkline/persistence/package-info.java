/** Sessions, nodes, bans and operators in PostgreSQL, through Jakarta Persistence. */
@NullMarked
package io.trunkline.persistence;

import org.jspecify.annotations.NullMarked;
