/**
 * Client library of a Trunkline gateway. Start at {@link io.trunkline.client.TrunklineClient};
 * PROTOCOL.md says what goes over the wire.
 */
@NullMarked
package io.trunkline.client;

import org.jspecify.annotations.NullMarked;
