/** The command line {@code ./trunkline client …}. */
@NullMarked
package io.trunkline.client.cli;

import org.jspecify.annotations.NullMarked;
