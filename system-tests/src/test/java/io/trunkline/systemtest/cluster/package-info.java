/**
 * Three nodes with a database and a broker, of which one is killed, stands still or is cut off
 * under load; then the books must balance, as those of {@code books} do.
 */
@NullMarked
package io.trunkline.systemtest.cluster;

import org.jspecify.annotations.NullMarked;
