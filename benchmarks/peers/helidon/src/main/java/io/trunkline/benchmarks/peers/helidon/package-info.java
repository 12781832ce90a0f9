/** Echo on Helidon's HTTP/1.1 server. */
@NullMarked
package io.trunkline.benchmarks.peers.helidon;

import org.jspecify.annotations.NullMarked;
