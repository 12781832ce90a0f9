/** Management API on Helidon. */
@NullMarked
package io.trunkline.gateway.api;

import org.jspecify.annotations.NullMarked;
