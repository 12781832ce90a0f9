/** Back ends that speak JMS: a call becomes a message, the reply to it the call's outcome. */
@NullMarked
package io.trunkline.gateway.uplink.jms;

import org.jspecify.annotations.NullMarked;
