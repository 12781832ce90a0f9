/** A gateway node: its parts and how they are put together. */
@NullMarked
package io.trunkline.gateway;

import org.jspecify.annotations.NullMarked;
