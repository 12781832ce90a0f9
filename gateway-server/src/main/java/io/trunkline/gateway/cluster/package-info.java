/** This node among the others: its lease, its load, what operators ask of it, who else is there. */
@NullMarked
package io.trunkline.gateway.cluster;

import org.jspecify.annotations.NullMarked;
