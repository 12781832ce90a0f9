@NullMarked
package io.trunkline.invocation.payload;

import org.jspecify.annotations.NullMarked;
