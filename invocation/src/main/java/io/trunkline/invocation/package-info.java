/**
 * Calls, their bounds, deadlines and outcomes: one core for both sides of a connection, since
 * either may call the other.
 */
@NullMarked
package io.trunkline.invocation;

import org.jspecify.annotations.NullMarked;
