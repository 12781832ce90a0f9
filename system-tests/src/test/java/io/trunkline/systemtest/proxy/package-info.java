/** Nodes behind a load balancer, as {@code docker/haproxy.cfg} sets it up. */
@NullMarked
package io.trunkline.systemtest.proxy;

import org.jspecify.annotations.NullMarked;
