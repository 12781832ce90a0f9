package io.trunkline.persistence;

import java.util.UUID;

/**
 * Where a live session is; all that routing needs to know of it.
 *
 * @param connected whether the node holds a connection of it; false while it may be resumed
 */
public record SessionPlace(UUID id, String user, String device, String node, boolean connected) {}
