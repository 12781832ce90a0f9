/** Programs: the node alone, and all in one with an embedded database and broker. */
@NullMarked
package io.trunkline.gateway.launcher;

import org.jspecify.annotations.NullMarked;
