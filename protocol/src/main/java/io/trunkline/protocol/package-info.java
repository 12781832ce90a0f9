/** The wire protocol {@code trunkline.v1}: frames as bytes and as JSON, limits, close codes. */
@NullMarked
package io.trunkline.protocol;

import org.jspecify.annotations.NullMarked;
