/**
 * Load programs: start the gateway as users do, drive it from this process, print tables. A bare
 * Netty server under the same load is the floor that the gateway's figures are compared with.
 */
@NullMarked
package io.trunkline.benchmarks;

import org.jspecify.annotations.NullMarked;
