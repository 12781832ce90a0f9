/**
 * What the programs that put load on peers have in common: calls that go round, and their times.
 */
@NullMarked
package io.trunkline.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
