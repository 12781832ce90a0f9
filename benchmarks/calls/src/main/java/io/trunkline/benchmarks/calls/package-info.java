/** Calls that go round, and their times: what programs that put load on a server have in common. */
@NullMarked
package io.trunkline.benchmarks.calls;

import org.jspecify.annotations.NullMarked;
