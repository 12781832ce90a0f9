/** Calls to back ends that stop, crawl and break: what callers and counters see of it. */
@NullMarked
package io.trunkline.systemtest.calls;

import org.jspecify.annotations.NullMarked;
