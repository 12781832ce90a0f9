/** The routes file: from text to what each service is to be, with every error in words. */
@NullMarked
package io.trunkline.gateway.uplink.routes;

import org.jspecify.annotations.NullMarked;
