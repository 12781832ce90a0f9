@NullMarked
package io.trunkline.invocation.typed;

import org.jspecify.annotations.NullMarked;
