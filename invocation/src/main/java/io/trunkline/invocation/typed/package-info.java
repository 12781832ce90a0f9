/**
 * Java interfaces as services: what one side implements, the other calls. Either side of a
 * connection can be either.
 */
@NullMarked
package io.trunkline.invocation.typed;

import org.jspecify.annotations.NullMarked;
