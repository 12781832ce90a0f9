/** What calls carry: arguments and results of methods, as bytes of some content type and back. */
@NullMarked
package io.trunkline.invocation.payload;

import org.jspecify.annotations.NullMarked;
