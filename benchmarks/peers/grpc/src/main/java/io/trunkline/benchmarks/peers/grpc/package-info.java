/** Echo on gRPC. */
@NullMarked
package io.trunkline.benchmarks.peers.grpc;

import org.jspecify.annotations.NullMarked;
