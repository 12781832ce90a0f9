/**
 * The clients' port: detects TCP or WebSocket, turns bytes into frames, sweeps each event loop for
 * silent peers.
 */
@NullMarked
package io.trunkline.gateway.transport;

import org.jspecify.annotations.NullMarked;
