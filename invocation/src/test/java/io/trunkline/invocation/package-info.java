@NullMarked
package io.trunkline.invocation;

import org.jspecify.annotations.NullMarked;
