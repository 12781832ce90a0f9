/** Back ends that speak HTTP: a call becomes a request, its response the call's outcome. */
@NullMarked
package io.trunkline.gateway.uplink.http;

import org.jspecify.annotations.NullMarked;
