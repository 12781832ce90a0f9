/** Echo on SOFABolt. */
@NullMarked
package io.trunkline.benchmarks.peers.bolt;

import org.jspecify.annotations.NullMarked;
