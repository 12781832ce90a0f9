package io.trunkline.gateway.uplink.routes;

/**
 * What the routes file says of one service.
 *
 * @param line where the service is first named, from 1
 */
public record RouteSpec(String service, BackEndSpec backEnd, Protection protection, int line) {}
