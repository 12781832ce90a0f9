/** The broker of {@code ./trunkline run}: Artemis in a process of its own. */
@NullMarked
package io.trunkline.broker;

import org.jspecify.annotations.NullMarked;
