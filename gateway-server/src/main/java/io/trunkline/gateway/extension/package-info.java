/** What others add to a node: services, listeners and interceptors in jars of their own. */
@NullMarked
package io.trunkline.gateway.extension;

import org.jspecify.annotations.NullMarked;
