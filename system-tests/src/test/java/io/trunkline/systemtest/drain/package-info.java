/** Nodes that are stopped and started again one after the other, under clients that go on. */
@NullMarked
package io.trunkline.systemtest.drain;

import org.jspecify.annotations.NullMarked;
