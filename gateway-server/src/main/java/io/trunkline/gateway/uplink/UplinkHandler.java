package io.trunkline.gateway.uplink;

import io.trunkline.invocation.CallHandler;

/** A method of a service. */
@FunctionalInterface
public interface UplinkHandler extends CallHandler<UplinkCall> {}
