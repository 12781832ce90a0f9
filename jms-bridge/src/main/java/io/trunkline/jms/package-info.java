/** Everything JMS: downlink in, receipts and events out, control between nodes and console. */
@NullMarked
package io.trunkline.jms;

import org.jspecify.annotations.NullMarked;
