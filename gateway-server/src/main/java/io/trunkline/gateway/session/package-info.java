/** Sessions: who is connected, their states, the registry and the life from Hello to the end. */
@NullMarked
package io.trunkline.gateway.session;

import org.jspecify.annotations.NullMarked;
