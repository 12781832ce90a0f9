/** Tests of the whole product: real processes, database, broker and browser. */
@NullMarked
package io.trunkline.systemtest;

import org.jspecify.annotations.NullMarked;
