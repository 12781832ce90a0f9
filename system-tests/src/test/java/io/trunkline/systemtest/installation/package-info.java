/**
 * Starts, stops and kills a whole installation as an Arquillian container, and tells its addresses.
 */
@NullMarked
package io.trunkline.systemtest.installation;

import org.jspecify.annotations.NullMarked;
