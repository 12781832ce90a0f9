/** Configuration as records: key, default, range, unit and doc of each setting in one place. */
@NullMarked
package io.trunkline.configuration;

import org.jspecify.annotations.NullMarked;
