/**
 * Stored messages: each session's place in its streams, what it still misses, what it acknowledged.
 */
@NullMarked
package io.trunkline.gateway.streams;

import org.jspecify.annotations.NullMarked;
