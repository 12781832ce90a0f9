/** Calls from clients to services: the table of handlers, their bounds and deadlines. */
@NullMarked
package io.trunkline.gateway.uplink;

import org.jspecify.annotations.NullMarked;
